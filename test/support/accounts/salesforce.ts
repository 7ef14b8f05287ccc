import type { SalesforceSandbox } from '../../../src/sandbox/index.ts'
import type { FieldDraft } from '../../../src/sandbox/salesforce/index.ts'
import { type Account, countOf, type Properties, type PropertyDraft, type Settings } from './account.ts'

const operations = {
  read: 'collections.retrieve',
  write: 'collections.update',
  create: 'collections.upsert',
  search: 'search',
  any: '*',
} as const

const faults = {
  error: { kind: 'status', status: 503 },
  error_after: { kind: 'after_commit', status: 502 },
  cut_after: { kind: 'cut' },
  hang: { kind: 'hang' },
  hang_after: { kind: 'hang_after_commit' },
  refused: { kind: 'status', status: 401 },
  expired: { kind: 'session_expired' },
  limit: { kind: 'concurrent_limit' },
  daily_limit: { kind: 'request_limit' },
  locked: { kind: 'lock' },
  moved: { kind: 'status', status: 420 },
} as const

const object = 'Contact'

/** The fields that every org has, by HubSpot's names for them. */
const standardFields = new Map([
  ['firstname', 'FirstName'],
  ['lastname', 'LastName'],
  ['email', 'Email'],
  ['phone', 'Phone'],
  ['mobilephone', 'MobilePhone'],
  ['city', 'MailingCity'],
])

/** What is `plan_wanted` elsewhere is `Plan_Wanted__c` here. */
function nameOf(property: string): string {
  const custom = property.replaceAll(/(?<=^|_)[a-z]/g, (letter) => letter.toUpperCase())
  return standardFields.get(property) ?? `${custom}__c`
}

/** A Salesforce org that is told properties as its own fields. */
export function salesforceAccount(sandbox: SalesforceSandbox, connection: string): Account {
  const types = new Map([...standardFields.keys()].map((property) => [property, 'string']))
  /** Values as the org types them. */
  const typed = (properties: Properties) =>
    Object.fromEntries(
      Object.entries(properties).map(([property, text]) => [nameOf(property), toValue(types.get(property), text)]),
    )
  const propertiesOf = (values: Record<string, unknown>): Properties => {
    const told = [...types].map(([property, type]) => [property, toText(type, values[nameOf(property)])])
    return Object.fromEntries(told.filter(([, text]) => text !== undefined))
  }
  const contacts = () =>
    (sandbox.state().records[object] ?? []).map(({ id, values }) => ({ id, properties: propertiesOf(values) }))
  return {
    kind: 'salesforce',
    connection,
    object,
    settings: {
      KIND: 'salesforce',
      URL: sandbox.url,
      CLIENT_ID: 'sandbox-salesforce',
      CLIENT_SECRET: 'sandbox-salesforce-secret',
    },
    nameOf,
    defineProperties(drafts) {
      for (const { name, type } of drafts) types.set(name, type)
      sandbox.defineFields(object, drafts.map(toField))
    },
    removeProperties: (names) => sandbox.removeFields(object, names.map(nameOf)),
    createContacts: (seeds) =>
      sandbox.createRecords(
        object,
        seeds.map(({ properties, ...when }) => ({ values: { LastName: 'Nobody', ...typed(properties) }, ...when })),
      ),
    edit: ({ properties, ...edit }) => void sandbox.edit({ object, values: typed(properties), ...edit }),
    contacts,
    held(id) {
      const contact = contacts().find((each) => each.id === id)
      if (!contact) throw new Error(`the org has no contact ${id}`)
      return contact.properties
    },
    merge({ into, from }) {
      sandbox.merge({ object, winnerId: into, loserId: from })
      return into
    },
    remove: (id) => sandbox.remove({ object, id }),
    restore: (id) => sandbox.undelete({ object, id }),
    configure: (settings) => void sandbox.configure(toSettings(settings)),
    fail: (call, fault, times = 1) => sandbox.addFault({ operation: operations[call], ...faults[fault], times }),
    recover() {
      sandbox.configure({ dailyLimit: 100_000 })
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

function toField({ name: property, type, fieldType, options = [], isUnique }: PropertyDraft): FieldDraft {
  const name = nameOf(property)
  if (isUnique) return { name, kind: 'text', externalId: true, unique: true }
  if (type === 'number') return { name, kind: 'number', scale: 4 }
  if (type === 'bool') return { name, kind: 'checkbox' }
  if (type === 'date' || type === 'datetime') return { name, kind: type }
  if (type !== 'enumeration') return { name, kind: fieldType === 'textarea' ? 'long_textarea' : 'text' }
  const values = options.map(({ value }) => value)
  return { name, kind: fieldType === 'checkbox' ? 'multipicklist' : 'picklist', values }
}

/** A rewrite as it is stored is a flow before the save here, one by an automation a flow after it. */
function toSettings({ historyOff, flows, ...settings }: Settings) {
  return {
    ...settings,
    ...(historyOff && { historyOff: historyOff.map((property) => (property === '*' ? property : nameOf(property))) }),
    ...(flows && {
      flows: flows.map(({ property, kind, as }) => {
        return { object, field: nameOf(property), kind, when: as === 'crm' ? ('before' as const) : ('after' as const) }
      }),
    }),
  }
}

function toValue(type: string | undefined, text: string): string | number | boolean | null {
  if (type === 'bool') return text === 'true'
  if (text === '') return null
  return type === 'number' ? Number(text) : text
}

function toText(type: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  return type === 'datetime' ? new Date(String(value)).toISOString() : String(value)
}
