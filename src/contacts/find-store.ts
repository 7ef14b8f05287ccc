import { sql } from 'kysely'
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
  const rows = await db
    .selectFrom('contacts')
    .select('id')
    .where((eb) =>
      eb.or([
        eb('email', '=', email),
        eb(
          'id',
          'in',
          eb
            .selectFrom('crm_record_keys')
            .innerJoin('crm_records', 'crm_records.id', 'crm_record_keys.record_id')
            .select('contact_id')
            .where('kind', '=', 'email')
            .where('key', '=', email)
            .where('held_to', '=', sql<Date>`'infinity'`),
        ),
      ]),
    )
    .orderBy('id')
    .execute()
  return rows.map((row) => row.id)
}

/** The records that stand for this contact now: its own, and whichever hold its number. */
export async function selectContactRecords(db: Db, { id, number }: Contact): Promise<ContactRecord[]> {
  const rows = await db
    .selectFrom('crm_records')
    .select(['id', 'connection', 'object', 'external_id'])
    .where('merged_into', 'is', null)
    .where('gone_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb('contact_id', '=', id),
        eb(
          'id',
          'in',
          eb
            .selectFrom('crm_record_keys')
            .select('record_id')
            .where('kind', '=', 'number')
            .where('key', '=', number)
            .where('held_to', '=', sql<Date>`'infinity'`),
        ),
      ]),
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
