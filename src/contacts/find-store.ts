import { type SqlBool, sql } from 'kysely'
import type { Db, Trx } from '../db/index.ts'
import { type Contact, toContact } from './contact-store.ts'
import { ownConnection } from './local/own-schema.ts'

export type ContactRecord = { recordId: number; connection: string; object: string; externalId: string }

export async function selectContact(db: Db, id: number): Promise<Contact | undefined> {
  const row = await db.selectFrom('contacts').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toContact(row)
}

export async function selectIdsByNumber(db: Db, number: string): Promise<number[]> {
  const rows = await db.selectFrom('contacts').select('id').where('number', '=', number).execute()
  return rows.map((row) => row.id)
}

/** By the contact's own e-mail, or by one that its record has beside it. */
export async function selectIdsByEmail(db: Db, email: string): Promise<number[]> {
  // Not by one `or`, for which PostgreSQL would look at every contact.
  const { rows } = await sql<{ id: number }>`
    select id from contacts where email = ${email}
    union
    select contact_id from crm_record_keys as held join crm_records as record on record.id = held.record_id
    where held.kind = 'email' and held.key = ${email} and held.held_to = 'infinity' and record.contact_id is not null
    order by id`.execute(db)
  return rows.map((row) => row.id)
}

/** The records that stand for this contact now: its own, and whichever hold its number. */
export async function selectContactRecords(db: Db, { id, number }: Contact): Promise<ContactRecord[]> {
  const rows = await db
    .selectFrom('crm_records')
    .select(['id', 'connection', 'object', 'external_id'])
    .where('merged_into', 'is', null)
    .where('gone_at', 'is', null)
    // Not by one `or`, for which PostgreSQL would look at every record.
    .where(
      sql<SqlBool>`id in (
        select id from crm_records where contact_id = ${id}
        union all
        select record_id from crm_record_keys where kind = 'number' and key = ${number} and held_to = 'infinity'
      )`,
    )
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    recordId: row.id,
    connection: row.connection,
    object: row.object,
    externalId: row.external_id,
  }))
}

/** The records that these contacts are of our own connection. */
export async function selectOwnRecords(trx: Trx, contactIds: number[]) {
  if (contactIds.length === 0) return []
  const rows = await trx
    .selectFrom('crm_records')
    .select(['id', 'connection'])
    .where('connection', '=', ownConnection)
    .where('contact_id', 'in', contactIds)
    .where('merged_into', 'is', null)
    .orderBy('id')
    .execute()
  return rows.map(({ id, connection }) => ({ recordId: id, connection }))
}
