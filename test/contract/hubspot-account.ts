import { z } from 'zod'
import { createHubspot, type HubspotOptions } from '../../src/crm/hubspot/adapter.ts'
import type { Db } from '../../src/db/index.ts'
import type { Log } from '../../src/log.ts'
import { type HubspotSandbox, startHubspotSandbox } from '../../src/sandbox/hubspot/index.ts'
import { deadlineMs, type VendorAccount, type VendorFault } from './account.ts'

const token = 'pat-na1-test'
const rateScale = 100
const silent: Log = { debug() {}, info() {}, warn() {}, error() {} }

type FaultOrder = Parameters<HubspotSandbox['addFault']>[0]

const faults: Record<VendorFault, Omit<FaultOrder, 'operation'>> = {
  error: { kind: 'status', status: 503 },
  error_after: { kind: 'after_commit', status: 502 },
  cut_after: { kind: 'cut' },
  hang: { kind: 'hang' },
  hang_after: { kind: 'hang_after_commit' },
  rate_limit: { kind: 'throttle_burst' },
  second_limit: { kind: 'throttle_search', retryAfter: 0.01 },
  daily_limit: { kind: 'throttle_daily' },
  locked: { kind: 'status', status: 423, retryAfter: 0.01 },
  moved: { kind: 'status', status: 477, retryAfter: 0.01 },
  expired: { kind: 'status', status: 401 },
}

/** A portal with a field of each kind. Its rates are 100 times the real ones, so that tests need not wait. */
export async function startPortal(): Promise<HubspotSandbox> {
  const sandbox = await startHubspotSandbox({ token, rateScale, appId: '19083857' })
  const options = [{ value: 'pos' }, { value: 'neg' }]
  sandbox.defineProperties([
    { name: 'note', type: 'string', fieldType: 'textarea' },
    { name: 'score', type: 'number', fieldType: 'number' },
    { name: 'is_ok', type: 'bool', fieldType: 'booleancheckbox' },
    { name: 'met_on', type: 'date', fieldType: 'date' },
    { name: 'met_at', type: 'datetime', fieldType: 'date' },
    { name: 'mood', type: 'enumeration', fieldType: 'select', options },
    { name: 'topics', type: 'enumeration', fieldType: 'checkbox', options },
  ])
  return sandbox
}

/** The adapter on a portal; each test its own connection, and so its own rate bucket. */
export function hubspotOn(
  sandbox: { url: string },
  db: Db,
  changes: Partial<HubspotOptions> & { log?: Log; fetch?: typeof fetch; now?: () => Date } = {},
) {
  const { log = silent, fetch: ownFetch, now, ...options } = changes
  const deps = { db, log, ...(ownFetch && { fetch: ownFetch }), ...(now && { now }) }
  const connection = `c${Math.random()}`
  const rate = { perTenSeconds: 190 * rateScale }
  return createHubspot(deps, {
    connection,
    token,
    baseUrl: sandbox.url,
    rate,
    deadlineMs,
    ownAppId: '19083857',
    ...options,
  })
}

export function hubspotAccount(sandbox: HubspotSandbox, db: Db): VendorAccount {
  return {
    crm: hubspotOn(sandbox, db),
    object: 'contacts',
    fields: {
      text: 'note',
      number: 'score',
      boolean: 'is_ok',
      date: 'met_on',
      datetime: 'met_at',
      choice: 'mood',
      choices: 'topics',
      readOnly: 'hs_searchable_calculated_phone_number',
    },
    options: ['pos', 'neg'],
    missingId: '999999999',
    accountId: '44237313',
    timeZone: 'America/New_York',
    authors: { created: 'person', person: 'person', workflow: 'automation', app: 'automation', import: 'import' },
    callsFor: { read210: { read: 3 }, write210: { write: 3 }, history60: { history: 2 } },
    create: async (records) => sandbox.createContacts(records.map((properties) => ({ properties }))),
    edit: async (id, properties, as) => {
      sandbox.edit({ id, properties, as })
    },
    merge: async (id, other) => {
      const answer = await fetch(`${sandbox.url}/crm/v3/objects/contacts/merge`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ primaryObjectId: id, objectIdToMerge: other }),
      })
      return z.object({ id: z.string() }).parse(await answer.json()).id
    },
    ownWrites: async (id, field) => {
      const history = sandbox.state().contacts.find((contact) => contact.id === id)?.history[field] ?? []
      return history.filter(({ sourceType }) => sourceType === 'INTEGRATION').length
    },
    fail: async (call, fault, times = 1) => {
      sandbox.addFault({ operation: `contacts.batch_${call === 'read' ? 'read' : 'update'}`, ...faults[fault], times })
    },
    async recover() {
      sandbox.endFaults()
      sandbox.cutOff()
      // A day without calls left is over.
      await db.deleteFrom('call_days').execute()
    },
    allOwnWrites(field) {
      const contacts = sandbox.state().contacts.map(({ id, history }): [string, number] => {
        return [id, (history[field] ?? []).filter(({ sourceType }) => sourceType === 'INTEGRATION').length]
      })
      return new Map(contacts)
    },
    withBadToken: () => hubspotOn(sandbox, db, { token: 'revoked' }),
  }
}
