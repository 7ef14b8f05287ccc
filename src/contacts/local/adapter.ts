import type { Crm, HistoryEntry, Wire } from '../../crm/index.ts'
import type { Db } from '../../db/index.ts'
import { heldIn } from '../contact-fields.ts'
import type { Contact } from '../contact-store.ts'
import { describeFields } from './fields.ts'
import { selectChanges, selectPage, selectRecords } from './store.ts'
import { decode, encode, same, toWire } from './values.ts'
import { writeRows } from './write-rows.ts'

/** How many contacts one page of a scan has. */
const pageSize = 200

/**
 * The contract on our own contacts: a record is a contact, by the id that the API shows (`contact_12`). All of it stands in our
 * database, so it calls nobody, and what it does costs no calls.
 */
export function createLocal({ db, now = () => new Date() }: { db: Db; now?: () => Date }, connection: string): Crm {
  return {
    kind: 'local',
    connection,
    batchSize: 500,
    // They are found as contacts, not as records of one.
    emailFields: [],
    isOurs: true,

    account: async () => ({ accountId: 'local', timeZone: 'UTC', ownAppId: 'afterword' }),

    describe: () => describeFields(db, connection),

    read: async (_object, ids, fields) => {
      const records = await selectRecords(db, connection, ids)
      return new Map(
        [...records].map(([askedId, { externalId, changedAt, contact }]) => {
          const values = picked(contact, fields)
          return [askedId, { askedId, externalId, values, changedAt, changedByUs: null, parentId: null }]
        }),
      )
    },

    history: async (_object, ids, fields) => {
      if (ids.length === 0 || fields.length === 0) return new Map()
      const histories = new Map(ids.map((id): [string, Record<string, HistoryEntry[]>] => [id, {}]))
      for (const change of await selectChanges(db, connection, ids, fields)) {
        const { at, author, actor: source } = change
        const entry: HistoryEntry = { value: toWire(change.value), at, author, source }
        const history = histories.get(change.asked_id) ?? {}
        const entries = history[change.field] ?? []
        entries.push(change.at_latest ? { ...entry, atLatest: true } : entry)
        history[change.field] = entries
      }
      return histories
    },

    write: async (_object, rows) => {
      if (rows.length === 0) return []
      return writeRows({ db, now, connection, fields: await describeFields(db, connection) }, rows)
    },

    scan: async (_object, fields, after) => {
      const page = await selectPage(db, connection, Number(after ?? 0), pageSize)
      const last = page.at(-1)
      return {
        records: page.map(({ contact, ...record }) => ({ ...record, values: picked(contact, fields) })),
        next: last && page.length === pageSize ? String(last.contact.id) : null,
        seenTo: null,
      }
    },

    encode,
    decode,
    same,
  }
}

function picked(contact: Contact, fields: readonly string[]): Record<string, Wire> {
  return Object.fromEntries(fields.map((field) => [field, toWire(heldIn(contact, field))]))
}
