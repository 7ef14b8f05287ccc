import { Connection } from 'jsforce/lib/connection.js'
import { onTestFinished } from 'vitest'
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/index.ts'
import type { SalesforceSandboxOptions, SeedRecord } from '../../src/sandbox/salesforce/index.ts'

type WireError = { message: string; errorCode: string; fields?: string[] }
type WireRow = { attributes: { type: string; url: string }; [field: string]: unknown }
type RowResult = {
  id?: string
  success: boolean
  created?: boolean
  errors: { statusCode: string; message: string; fields: string[] }[]
}

/** A field of every kind that an adapter meets. */
const sampleFields = [
  { name: 'Summary__c', kind: 'long_textarea', length: 32_768 },
  { name: 'Note__c', kind: 'text', length: 40 },
  { name: 'Budget__c', kind: 'number', precision: 8, scale: 2 },
  { name: 'Agreed__c', kind: 'checkbox' },
  { name: 'Called_At__c', kind: 'datetime' },
  { name: 'Due__c', kind: 'date' },
  { name: 'Mood__c', kind: 'picklist', values: ['good', 'bad'] },
  { name: 'Topics__c', kind: 'multipicklist', values: ['heat', 'cold', 'air'] },
  { name: 'Ext__c', kind: 'text', externalId: true },
] as const

/** An org of the test's own, with a session by plain HTTP and by jsforce. Its clock moves only by `advance`. */
export async function openOrg(options: SalesforceSandboxOptions = {}) {
  let now = Date.parse('2026-11-21T09:00:00.000Z')
  const sandbox: SalesforceSandbox = await startSalesforceSandbox({ clock: () => now, ...options })
  onTestFinished(() => sandbox.close())
  sandbox.defineFields('Contact', sampleFields)

  const login = async (form: Record<string, string> = {}, headers: Record<string, string> = {}) => {
    const credentials = { client_id: 'sandbox-salesforce', client_secret: 'sandbox-salesforce-secret' }
    const response = await fetch(`${sandbox.url}/services/oauth2/token`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ grant_type: 'client_credentials', ...credentials, ...form }),
    })
    return { status: response.status, body: (await response.json()) as Record<string, string> }
  }
  let token = (await login()).body.access_token ?? ''

  async function call<T = WireError[]>(method: string, path: string, body?: unknown, headers = {}) {
    const response = await fetch(sandbox.url + (path.startsWith('/') ? path : `/services/data/v64.0/${path}`), {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const answer = (text.startsWith('[') || text.startsWith('{') ? JSON.parse(text) : text) as T
    return { status: response.status, headers: response.headers, body: answer }
  }

  const rows = (records: Record<string, unknown>[]) =>
    records.map((record) => ({ attributes: { type: 'Contact' }, ...record }))

  return {
    sandbox,
    login,
    call,
    /** A new session for `call`. */
    renew: async () => {
      token = (await login()).body.access_token ?? ''
    },
    connection: () => new Connection({ instanceUrl: sandbox.url, accessToken: token, version: '64.0' }),
    /** Ids of new contacts with the values given. */
    contacts: (...values: SeedRecord['values'][]) =>
      sandbox.createRecords(
        'Contact',
        values.map((given) => ({ values: { LastName: 'Okafor', ...given }, at: '2026-03-01T08:00:00Z' })),
      ),
    query: (soql: string, resource = 'query', headers = {}) =>
      call<{ totalSize: number; done: boolean; nextRecordsUrl?: string; records: WireRow[] } & WireError[]>(
        'GET',
        `${resource}?q=${encodeURIComponent(soql)}`,
        undefined,
        headers,
      ),
    update: (records: Record<string, unknown>[], more: Record<string, unknown> = {}) =>
      call<RowResult[]>('PATCH', 'composite/sobjects', { allOrNone: false, records: rows(records), ...more }),
    create: (records: Record<string, unknown>[], more: Record<string, unknown> = {}) =>
      call<RowResult[]>('POST', 'composite/sobjects', { allOrNone: false, records: rows(records), ...more }),
    upsert: (key: string, records: Record<string, unknown>[]) =>
      call<RowResult[]>('PATCH', `composite/sobjects/Contact/${key}`, { allOrNone: false, records: rows(records) }),
    retrieve: (ids: string[], ...fields: string[]) =>
      call<(WireRow | null)[]>('POST', 'composite/sobjects/Contact', { ids, fields }),
    /** One value as it is now. */
    read: async (id: string, field: string) =>
      (await call<(WireRow | null)[]>('POST', 'composite/sobjects/Contact', { ids: [id], fields: [field] })).body[0]?.[
        field
      ],
    advance: (ms: number) => {
      now += ms
    },
  }
}

export const codesOf = (results: { errors: { statusCode: string }[] }[]) =>
  results.map(({ errors }) => errors.map(({ statusCode }) => statusCode).join())
