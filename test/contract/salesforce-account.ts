import { createSalesforce, type SalesforceOptions } from '../../src/crm/salesforce/adapter.ts'
import type { Db } from '../../src/db/index.ts'
import type { Log } from '../../src/log.ts'
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts'
import { deadlineMs, type VendorAccount, type VendorFault } from './account.ts'

export const silent: Log = { debug() {}, info() {}, warn() {}, error() {} }

type FaultOrder = Parameters<SalesforceSandbox['addFault']>[0]

const faults: Record<VendorFault, Omit<FaultOrder, 'operation'>> = {
  error: { kind: 'status', status: 503 },
  error_after: { kind: 'after_commit', status: 502 },
  cut_after: { kind: 'cut' },
  hang: { kind: 'hang' },
  hang_after: { kind: 'hang_after_commit' },
  rate_limit: { kind: 'concurrent_limit' },
  second_limit: { kind: 'status', status: 429 },
  daily_limit: { kind: 'request_limit' },
  locked: { kind: 'lock' },
  moved: { kind: 'status', status: 420 },
  expired: { kind: 'session_expired' },
}

const fields = {
  text: 'Note__c',
  number: 'Score__c',
  boolean: 'Is_Ok__c',
  date: 'Met_On__c',
  datetime: 'Met_At__c',
  choice: 'Mood__c',
  choices: 'Topics__c',
  readOnly: 'Name',
}

/** An org whose contacts have a field of each kind. */
export async function startOrg(): Promise<SalesforceSandbox> {
  const sandbox = await startSalesforceSandbox()
  const options = ['pos', 'neg']
  sandbox.defineFields('Contact', [
    { name: 'Note__c', kind: 'text', length: 255 },
    { name: 'Long_Note__c', kind: 'long_textarea', length: 32_768 },
    { name: 'Score__c', kind: 'number', precision: 18, scale: 4 },
    { name: 'Is_Ok__c', kind: 'checkbox' },
    { name: 'Met_On__c', kind: 'date' },
    { name: 'Met_At__c', kind: 'datetime' },
    { name: 'Mood__c', kind: 'picklist', values: options, restricted: true },
    { name: 'Topics__c', kind: 'multipicklist', values: options, restricted: true },
  ])
  return sandbox
}

/** The adapter on an org, in a hurry: it waits for nobody's lock longer than a moment. */
export function salesforceOn(
  sandbox: { url: string },
  changes: Partial<SalesforceOptions> & { db?: Db; log?: Log; fetch?: typeof fetch; now?: () => Date } = {},
) {
  const { log = silent, fetch: ownFetch, db, now, ...options } = changes
  const login = { url: sandbox.url, clientId: 'sandbox-salesforce', clientSecret: 'sandbox-salesforce-secret' }
  const deps = { log, ...(db && { db }), ...(ownFetch && { fetch: ownFetch }), ...(now && { now }) }
  return createSalesforce(deps, { connection: 'sf', login, deadlineMs, lockDelayMs: 5, busyDelayMs: 20, ...options })
}

/** Values as the org types them. */
function typed(values: Record<string, string>) {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (name === fields.number) return [name, value === '' ? null : Number(value)]
      return [name, name === fields.boolean ? value === 'true' : value]
    }),
  )
}

export function salesforceAccount(sandbox: SalesforceSandbox): VendorAccount {
  const object = 'Contact'
  return {
    crm: salesforceOn(sandbox),
    object,
    fields,
    options: ['pos', 'neg'],
    missingId: '003000000099999AAA',
    accountId: sandbox.orgId,
    timeZone: 'America/Los_Angeles',
    authors: { created: 'unknown', person: 'person', workflow: 'automation', app: 'automation', import: 'person' },
    // What was written is read back, for an answer tells no values; who is not there may have been merged.
    callsFor: { read210: { read: 2 }, write210: { read: 1, write: 2 }, history60: { history: 1 } },
    create: async (records) =>
      sandbox.createRecords(
        object,
        records.map((values) => ({ values: { LastName: 'Test', ...typed(values) } })),
      ),
    edit: async (id, values, as) => {
      sandbox.edit({ object, id, values: typed(values), as })
    },
    merge: async (winnerId, loserId) => {
      sandbox.merge({ object, winnerId, loserId })
      return winnerId
    },
    ownWrites: async (id, field) => {
      const history = sandbox.state().records[object]?.find((record) => record.id === id)?.history ?? []
      return history.filter((change) => change.field === field && change.by === sandbox.userId).length
    },
    fail: async (call, fault, times = 1) => {
      sandbox.addFault({
        operation: call === 'read' ? 'collections.retrieve' : 'collections.update',
        ...faults[fault],
        times,
      })
    },
    async recover() {
      sandbox.endFaults()
      sandbox.cutOff()
    },
    allOwnWrites(field) {
      const records = (sandbox.state().records[object] ?? []).map(({ id, history }): [string, number] => {
        return [id, history.filter((change) => change.field === field && change.by === sandbox.userId).length]
      })
      return new Map(records)
    },
    withBadToken: () =>
      salesforceOn(sandbox, { login: { url: sandbox.url, clientId: 'sandbox-salesforce', clientSecret: 'revoked' } }),
  }
}
