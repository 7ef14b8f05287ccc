import { sql } from 'kysely'
import { createLocal } from '../../src/contacts/local/adapter.ts'
import { type Db, json } from '../../src/db/index.ts'
import { parseMapping } from '../../src/mapping/index.ts'
import { activateMappings } from '../../src/sync/index.ts'
import type { Account } from './account.ts'

// A field of each kind, each made by its rule.
const mapping = `
version: 1
crm: local
connection: local
object: contacts
fields:
  - { from: note, to: note }
  - { from: score, to: score, type: number }
  - { from: is_ok, to: is_ok, type: boolean }
  - { from: met_on, to: met_on, type: date }
  - { from: $ended_at, to: met_at }
  - { from: mood, to: mood, options: [pos, neg] }
  - { from: topics, to: topics, mode: union, options: [pos, neg] }
`

const authors = { person: 'person', workflow: 'automation', app: 'automation', import: 'import' } as const
const nothing = { read: 0, history: 0, write: 0 }

/** Our own contacts, and what people do to them without the adapter: a change is a value and a line of history. */
export async function localAccount(db: Db): Promise<Account> {
  const parsed = parseMapping(mapping, 'local.yaml')
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems))
  await activateMappings({ db }, [parsed.mapping], { kind: 'cli', name: 'test' })
  const crm = createLocal({ db }, 'local')
  const idOf = (id: string) => Number(id.replace('contact_', ''))

  async function edit(id: string, values: Record<string, string>, as: keyof typeof authors) {
    const schema = new Map((await crm.describe('contacts')).map((field) => [field.name, field]))
    for (const [name, wire] of Object.entries(values)) {
      const field = schema.get(name)
      if (!field) throw new Error(`there is no field ${name}`)
      const value = json(crm.decode(field, wire))
      await sql`
        with changed as (
          update contacts set fields = fields || jsonb_build_object(${name}::text, ${value}::jsonb),
            changed_at = changed_at + interval '1 ms'
          where id = ${idOf(id)} returning id, changed_at
        )
        insert into contact_changes (contact_id, field, value, at, author, actor)
        select id, ${name}, ${value}::jsonb, changed_at, ${authors[as]}, 'test' from changed`.execute(db)
    }
  }

  return {
    crm,
    object: 'contacts',
    fields: {
      text: 'note',
      number: 'score',
      boolean: 'is_ok',
      date: 'met_on',
      datetime: 'met_at',
      choice: 'mood',
      choices: 'topics',
      readOnly: 'number',
    },
    options: ['pos', 'neg'],
    missingId: 'contact_999999999',
    accountId: 'local',
    timeZone: 'UTC',
    authors: { created: 'person', ...authors },
    // Nobody is called.
    callsFor: { read210: nothing, write210: nothing, history60: nothing, twoTries: nothing },
    create: async (records) => {
      const added = await db
        .insertInto('contacts')
        .values(records.map(() => ({ number: null })))
        .returning('id')
        .execute()
      const ids = added.map(({ id }) => `contact_${id}`)
      for (const [place, id] of ids.entries()) await edit(id, records[place] ?? {}, 'person')
      return ids
    },
    edit,
    // The one that goes leaves its record, as what the other is.
    merge: async (id, other) => {
      await sql`
        update crm_records as gone set merged_into = kept.id, contact_id = kept.contact_id
        from crm_records as kept
        where gone.connection = 'local' and gone.external_id = ${other}
          and kept.connection = 'local' and kept.external_id = ${id}`.execute(db)
      await db.deleteFrom('contacts').where('id', '=', idOf(other)).execute()
      return id
    },
    ownWrites: async (id, field) => {
      const history = (await crm.history('contacts', [id], [field])).get(id)?.[field] ?? []
      return history.filter(({ author }) => author === 'us').length
    },
  }
}
