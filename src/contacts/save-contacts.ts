import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import { json, type Trx } from '../db/index.ts'
import { fieldsOf, heldIn } from './contact-fields.ts'
import type { Contact } from './contact-store.ts'

/** Who changes a contact, and when: `us` is a push of ours; `actor` says who exactly, for evidence. */
export type ChangedBy = { author: 'us' | 'person' | 'automation' | 'import'; actor: string; at: Date }

/**
 * Stores contacts that were locked and changed, and every field that did change in their history: at the same time for all
 * fields of one change, and later than all before. Returns the ids of those that changed. Twice changes nothing.
 */
export async function saveContacts(
  trx: Trx,
  edits: readonly { before: Contact; after: Contact }[],
  { author, actor, at }: ChangedBy,
): Promise<number[]> {
  const changes = edits.flatMap(({ before, after }) =>
    fieldsOf(before, after)
      .filter((field) => !isDeepStrictEqual(heldIn(before, field), heldIn(after, field)))
      .map((field) => ({ contactId: after.id, field, value: heldIn(after, field) ?? null })),
  )
  if (changes.length === 0) return []
  const changed = new Set(changes.map(({ contactId }) => contactId))
  const contacts = edits.flatMap(({ after }) => (changed.has(after.id) ? [after] : []))
  await sql`
    with changed as (
      update contacts set email = new.email, first_name = new."firstName", last_name = new."lastName",
        do_not_call = new."doNotCall", fields = new.fields,
        changed_at = greatest(${at}, contacts.changed_at + interval '1 ms')
      from jsonb_to_recordset(${json(contacts)}::jsonb)
        as new (id bigint, email text, "firstName" text, "lastName" text, "doNotCall" boolean, fields jsonb)
      where contacts.id = new.id
      returning contacts.id, contacts.changed_at
    )
    insert into contact_changes (contact_id, field, value, at, author, actor)
    select changed.id, change.field, coalesce(change.value, 'null'), changed.changed_at, ${author}, ${actor}
    from changed
    join jsonb_to_recordset(${json(changes)}::jsonb) as change ("contactId" bigint, field text, value jsonb)
      on change."contactId" = changed.id`.execute(trx)
  return [...changed]
}
