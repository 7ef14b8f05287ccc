import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import { json, type Trx } from '../db/index.ts'
import { fieldsOf, heldIn, withValue } from './contact-fields.ts'
import type { Contact } from './contact-store.ts'

type Import = {
  before: Contact
  after: Contact
  /** When the record that names the contact last changed in the CRM. */
  changedAt: Date | null
  recordId: number
}

type Story = { contactId: number; field: string; author: string; at: Date; imported: unknown; wasImported: boolean }

/**
 * Leaves out of an import what would undo a newer word. A field of a contact that somebody other than an import has changed last (a
 * person here, or a rule of ours) takes the CRM's value only where the CRM brings another one than this connection's last import of the
 * field did, and where the record has changed since that edit: our own table cannot see when one field of a CRM changed. Where no import ever
 * changed the field, the time alone decides. One statement, however many contacts; they are locked already.
 */
export async function keepEdits(trx: Trx, connection: string, wanted: readonly Import[]): Promise<Import[]> {
  const changes = wanted.flatMap((each) => changedFields(each).map((field) => ({ contactId: each.before.id, field })))
  if (changes.length === 0) return []
  const stories = new Map((await lastChanges(trx, connection, changes)).map((story) => [nameOf(story), story]))
  return wanted.flatMap((each) => {
    const kept = changedFields(each).filter((field) => {
      const story = stories.get(nameOf({ contactId: each.before.id, field }))
      return story !== undefined && isKept(story, each, heldIn(each.after, field) ?? null)
    })
    const after = kept.reduce((state, field) => withValue(state, field, heldIn(each.before, field)), each.after)
    return changedFields({ ...each, after }).length === 0 ? [] : [{ ...each, after }]
  })
}

function isKept({ author, at, imported, wasImported }: Story, { changedAt }: Import, value: unknown): boolean {
  if (author === 'import') return false
  const isOldValue = wasImported && isDeepStrictEqual(imported, value)
  return isOldValue || changedAt === null || changedAt <= at
}

function changedFields({ before, after }: Pick<Import, 'before' | 'after'>): string[] {
  return fieldsOf(before, after).filter(
    (field) => !isDeepStrictEqual(heldIn(before, field) ?? null, heldIn(after, field) ?? null),
  )
}

/** Who changed each of these fields last, and what the last import from this connection put there. */
async function lastChanges(
  trx: Trx,
  connection: string,
  changes: readonly { contactId: number; field: string }[],
): Promise<Story[]> {
  const { rows } = await sql<Story>`
    select last.contact_id as "contactId", last.field, last.author, last.at,
      imported.value as imported, imported.value is not null as "wasImported"
    from jsonb_to_recordset(${json(changes)}::jsonb) as asked ("contactId" bigint, field text)
    cross join lateral (
      select * from contact_changes
      where contact_id = asked."contactId" and field = asked.field order by id desc limit 1
    ) as last
    left join lateral (
      select value from contact_changes
      where contact_id = asked."contactId" and field = asked.field and author = 'import' and actor = ${connection}
      order by id desc limit 1
    ) as imported on true`.execute(trx)
  return rows
}

function nameOf({ contactId, field }: { contactId: number; field: string }): string {
  return `${contactId} ${field}`
}
