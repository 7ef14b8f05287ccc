import type { HubspotSandbox } from '../../../src/sandbox/index.ts'
import { type Account, countOf } from './account.ts'

const operations = {
  read: 'contacts.batch_read',
  write: 'contacts.batch_update',
  create: 'contacts.batch_upsert',
  search: 'contacts.search',
  any: '*',
} as const

const faults = {
  error: { kind: 'status', status: 503 },
  error_after: { kind: 'after_commit', status: 502 },
  cut_after: { kind: 'cut' },
  hang: { kind: 'hang' },
  hang_after: { kind: 'hang_after_commit' },
  refused: { kind: 'status', status: 401 },
  expired: { kind: 'status', status: 401 },
  limit: { kind: 'throttle_burst', retryAfter: 0.01 },
  daily_limit: { kind: 'throttle_daily', retryAfter: 0.01 },
  locked: { kind: 'status', status: 423, retryAfter: 0.01 },
  moved: { kind: 'status', status: 477, retryAfter: 0.01 },
} as const

/** A HubSpot portal, as it is. */
export function hubspotAccount(sandbox: HubspotSandbox, connection: string): Account {
  const contacts = () =>
    sandbox.state().contacts.map(({ id, properties }) => {
      const filled = Object.entries(properties).filter(([, value]) => value !== '')
      return { id, properties: Object.fromEntries(filled) }
    })
  return {
    kind: 'hubspot',
    connection,
    object: 'contacts',
    settings: { KIND: 'hubspot', TOKEN: 'sandbox-hubspot', URL: sandbox.url, PER_TEN_SECONDS: '19000' },
    nameOf: (property) => property,
    defineProperties: (drafts) =>
      void sandbox.defineProperties(
        drafts.map(({ isUnique, ...draft }) => ({ ...draft, ...(isUnique && { hasUniqueValue: true }) })),
      ),
    removeProperties: sandbox.archiveProperties,
    createContacts: sandbox.createContacts,
    edit: (edit) => void sandbox.edit(edit),
    contacts,
    held(id) {
      const contact = contacts().find((each) => each.id === id)
      if (!contact) throw new Error(`the portal has no contact ${id}`)
      return contact.properties
    },
    merge: ({ into, from }) => sandbox.merge({ primaryId: into, otherId: from }),
    remove: (id) => sandbox.archive({ id }),
    restore: (id) => sandbox.restore({ id }),
    configure: (settings) => void sandbox.configure(settings),
    fail: (call, fault, times = 1) => sandbox.addFault({ operation: operations[call], ...faults[fault], times }),
    recover() {
      sandbox.configure({ dailyLimit: 625_000 })
      sandbox.endFaults()
      sandbox.cutOff()
    },
    count(call) {
      const told = sandbox.requests().operations
      const operation = operations[call]
      return countOf(operation === '*' ? Object.values(told) : [told[operation]])
    },
    historyCalls: () => sandbox.requests().historyReads.calls,
  }
}
