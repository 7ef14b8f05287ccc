import { sql } from 'kysely'
import { createLocal } from '../../../src/contacts/local/adapter.ts'
import { json } from '../../../src/db/index.ts'
import type { Value } from '../../../src/mapping/index.ts'
import type { Edit, HolderKind, Properties, PropertyDraft } from '../../support/accounts/account.ts'
import { mappingFor } from '../../support/mappings.ts'
import { historyCalls, rowsWritten } from '../../support/records.ts'
import type { World } from '../../support/world.ts'
import type { PlacedField } from './place-fields.ts'

/** A contact, by its id where the fields are and by ours; `said` is what a conversation carries to be with it. */
export type Contact = { externalId: string; recordId: number; said: Record<string, string> }

/** Where the fields of a program are, and what people and machines do to them without us. */
export type Ground = {
  kind: HolderKind
  connection: string
  addContacts(count: number): Promise<Contact[]>
  useRules(placed: readonly PlacedField[]): Promise<void>
  edit(edit: Edit): Promise<void>
  contacts(): Promise<{ id: string; properties: Properties }[]>
  /** What pushes have cost so far. */
  costs(): Promise<{ rowsWritten: number; historyCalls: number }>
}

const matched = [{ record_id: 'metadata.record' }]
const from = ({ property, rule }: PlacedField) => (rule ? [{ from: property, to: property, ...rule }] : [])
const wasThereAt = '2024-01-01T00:00:00Z'

/** The contacts of a CRM. */
export function crmGround(world: World, drafts: PropertyDraft[]): Ground {
  const { account, db } = world
  account.defineProperties(drafts)
  const useRules = (placed: readonly PlacedField[]) =>
    world.useMapping(mappingFor(account, placed.flatMap(from), matched))
  return {
    kind: account.kind,
    connection: account.connection,
    useRules,
    async addContacts(count) {
      const seeds = Array.from({ length: count }, () => ({ at: wasThereAt, properties: {} }))
      const ids = account.createContacts(seeds)
      await useRules([])
      await world.importCrm()
      const rows = await db
        .selectFrom('crm_records')
        .select(['id', 'external_id'])
        .where('connection', '=', account.connection)
        .where('external_id', '=', sql<string>`any(${ids})`)
        .execute()
      const recordIds = new Map(rows.map((row) => [row.external_id, row.id]))
      return ids.map((externalId) => {
        return { externalId, recordId: recordIds.get(externalId) ?? 0, said: { record: externalId } }
      })
    },
    edit: async (edit) => account.edit(edit),
    contacts: async () => account.contacts(),
    costs: async () => ({ rowsWritten: rowsWritten(world), historyCalls: historyCalls(world) }),
  }
}

const authors = { person: 'person', workflow: 'automation', app: 'automation', import: 'import' } as const

/** Our own contacts, as they are without the adapter: a change is a value and a line of history. */
export function localGround(world: World, clock: () => number): Ground {
  const { db, crms } = world
  const crm = createLocal({ db, now: () => new Date(clock()) }, 'local')
  let historiesAsked = 0
  let added = 0
  crms.set('local', {
    ...crm,
    history: (...asked) => {
      historiesAsked += 1
      return crm.history(...asked)
    },
  })
  return {
    kind: 'local',
    connection: 'local',
    useRules: (placed) =>
      world.useMapping(
        JSON.stringify({
          version: 1,
          crm: 'local',
          connection: 'local',
          object: 'contacts',
          fields: placed.flatMap(from),
        }),
      ),
    async addContacts(count) {
      const numbers = Array.from({ length: count }, () => `+1212555${1_000 + added++}`)
      const rows = numbers.map((number) => ({ number, changed_at: new Date(wasThereAt) }))
      await db.insertInto('contacts').values(rows).execute()
      const records = await db
        .selectFrom('crm_records')
        .innerJoin('contacts', 'contacts.id', 'contact_id')
        .select(['crm_records.id', 'external_id', 'number'])
        .where('connection', '=', 'local')
        .where('number', 'in', numbers)
        .execute()
      return records.map(({ id, external_id, number }) => {
        return { externalId: external_id, recordId: id, said: { phone_number: number ?? '' } }
      })
    },
    async edit({ id, properties, as, at = wasThereAt }) {
      const contactId = Number(id.replace('contact_', ''))
      for (const [field, wire] of Object.entries(properties)) {
        await sql`
          with changed as (
            update contacts set fields = fields || jsonb_build_object(${field}::text, ${json(typed(field, wire))}::jsonb),
              changed_at = greatest(changed_at, ${at}::timestamptz)
            where id = ${contactId} and fields -> ${field} is distinct from ${json(typed(field, wire))}::jsonb
            returning id
          )
          insert into contact_changes (contact_id, field, value, at, author, actor)
          select id, ${field}, ${json(typed(field, wire))}::jsonb, ${at}::timestamptz, ${authors[as]}, 'test' from changed
        `.execute(db)
      }
    },
    async contacts() {
      const rows = await db.selectFrom('contacts').select(['id', 'fields']).execute()
      return rows.map(({ id, fields }) => {
        const filled = Object.entries(fields).filter(([, value]) => value !== null)
        const properties = filled.map(([name, value]) => [name, Array.isArray(value) ? value.join(';') : String(value)])
        return { id: `contact_${id}`, properties: Object.fromEntries(properties) }
      })
    },
    async costs() {
      const ours = db.selectFrom('contact_changes').select((eb) => eb.fn.countAll<number>().as('rows'))
      const { rows } = await ours.where('author', '=', 'us').executeTakeFirstOrThrow()
      return { rowsWritten: rows, historyCalls: historiesAsked }
    },
  }
}

/** A value by the type in its field's name. */
function typed(field: string, wire: string): Value {
  if (wire === '') return null
  if (field.startsWith('number')) return Number(wire)
  if (field.startsWith('bool')) return wire === 'true'
  return field.startsWith('choices') ? wire.split(';').sort() : wire
}
