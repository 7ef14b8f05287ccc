import { sql } from 'kysely'
import type { Trx } from '../db/index.ts'
import { removeContact } from './contact-store.ts'
import { type Forgettable, insertForgotten, recordKey } from './forgotten-store.ts'
import { ownConnection } from './local/own-schema.ts'

export type PersonsRecord = {
  recordId: number
  connection: string
  /** Whether it is somebody else's too: another contact has a number of it now, or it is not this person's any more. */
  isShared: boolean
}

/**
 * The records in CRMs that are, or ever were, this contact: by its own link or by its number. Merged ones answer as what they
 * became. The one of our own goes with the contact.
 */
export async function recordsOfPerson(
  trx: Trx,
  { id, number }: { id: number; number: string | null },
): Promise<PersonsRecord[]> {
  const { rows } = await sql<PersonsRecord>`
    with held as (
      select record_id, held_to from crm_record_keys where kind = 'number' and key = ${number}
    ), touched as (
      select coalesce(merged_into, id) as id from crm_records
      where connection <> ${ownConnection} and (contact_id = ${id} or id in (select record_id from held))
    )
    select now.id as "recordId", now.connection,
      exists (
        select from crm_record_keys as other join contacts on contacts.number = other.key
        where other.record_id = now.id and other.kind = 'number' and other.held_to = 'infinity' and contacts.id <> ${id}
      ) or (
        now.contact_id is distinct from ${id}
        and not exists (select from held where held.record_id = now.id and held.held_to = 'infinity')
      ) as "isShared"
    from crm_records as now where now.id in (select id from touched)
    order by now.id`.execute(trx)
  return rows
}

/** What must never be taken in again of a contact whose records these are: nothing that another contact or record has too. */
export async function keysToForget(trx: Trx, contactId: number, recordIds: readonly number[]): Promise<Forgettable[]> {
  const { rows } = await sql<Forgettable>`
    with own as (
      select id from crm_records where id = any(${[...recordIds]}::bigint[]) or merged_into = any(${[...recordIds]}::bigint[])
    ), emails as (
      select lower(email) as key from contacts where id = ${contactId} and email is not null
      union
      select key from crm_record_keys where kind = 'email' and record_id in (select id from own)
    )
    select 'number' as kind, number as key from contacts where id = ${contactId} and number is not null
    union all
    select 'email', key from emails
    where not exists (select from contacts where lower(email) = emails.key and id <> ${contactId})
      and not exists (
        select from crm_record_keys as other where other.kind = 'email' and other.key = emails.key
          and other.held_to = 'infinity' and other.record_id not in (select id from own)
      )`.execute(trx)
  return rows
}

/**
 * Removes a contact, the records that are nobody else's, and its number from all others. Keyed hashes stay of `keys` and of
 * the records' ids, so that no import brings them back. Throws `contact.not_found` (404) where somebody was faster.
 */
export async function removePerson(
  trx: Trx,
  person: { id: number; number: string | null; recordIds: readonly number[]; keys: readonly Forgettable[] },
): Promise<void> {
  const { id, number, keys } = person
  const ids = sql`any(${[...person.recordIds]}::bigint[])`
  const { rows } = await sql<{ connection: string; object: string; externalId: string }>`
    delete from crm_records where id = ${ids} or merged_into = ${ids}
    returning connection, object, external_id as "externalId"`.execute(trx)
  const records = rows.map((row): Forgettable => ({ kind: 'record', key: recordKey(row, row.externalId) }))
  await insertForgotten(trx, [...keys, ...records])
  if (number !== null)
    await trx.deleteFrom('crm_record_keys').where('kind', '=', 'number').where('key', '=', number).execute()
  await removeContact(trx, id)
}
