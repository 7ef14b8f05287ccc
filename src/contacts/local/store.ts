import { type SelectQueryBuilder, type SqlBool, sql } from 'kysely'
import type { Database, Db, Trx } from '../../db/index.ts'
import { type Contact, toContact } from '../contact-store.ts'

/** A contact as a record of ours: under the id it has now. */
export type OwnRecord = { askedId: string; externalId: string; changedAt: Date; contact: Contact }

type OwnTables = SelectQueryBuilder<
  Database & { asked: Database['crm_records']; now: Database['crm_records'] },
  'asked' | 'now' | 'contacts',
  object
>

function ownRecords(db: Db | Trx, connection: string): OwnTables {
  return db
    .selectFrom('crm_records as asked')
    .innerJoin('crm_records as now', (join) => join.on(sql<SqlBool>`now.id = coalesce(asked.merged_into, asked.id)`))
    .innerJoin('contacts', 'contacts.id', 'now.contact_id')
    .where('asked.connection', '=', connection)
}

/** The contacts behind these ids; a merged one as what it became. With `lock` they are held until the transaction ends. */
export async function selectRecords(
  db: Db | Trx,
  connection: string,
  ids: readonly string[],
  { lock = false }: { lock?: boolean } = {},
): Promise<Map<string, OwnRecord>> {
  if (ids.length === 0) return new Map()
  const found = ownRecords(db, connection)
    .select(['asked.external_id as asked_id', 'now.external_id as now_id'])
    .selectAll('contacts')
    .where(sql<SqlBool>`asked.external_id = any(${[...new Set(ids)]}::text[])`)
    .orderBy('contacts.id')
  const rows = await (lock ? found.forNoKeyUpdate('contacts') : found).execute()
  return new Map(
    rows.map((row): [string, OwnRecord] => [
      row.asked_id,
      { askedId: row.asked_id, externalId: row.now_id, changedAt: row.changed_at, contact: toContact(row) },
    ]),
  )
}

/** The whole history of these fields of these records, newest first. */
export async function selectChanges(db: Db, connection: string, ids: readonly string[], fields: readonly string[]) {
  return ownRecords(db, connection)
    .innerJoin('contact_changes', 'contact_changes.contact_id', 'contacts.id')
    .select(['asked.external_id as asked_id', 'field', 'value', 'at', 'author', 'actor', 'at_latest'])
    .where(sql<SqlBool>`asked.external_id = any(${[...new Set(ids)]}::text[])`)
    .where(sql<SqlBool>`field = any(${fields}::text[])`)
    .orderBy('at', 'desc')
    .orderBy('contact_changes.id', 'desc')
    .execute()
}

/** So many contacts behind one (its id), in the order of their ids, each with the ids of those merged into it. */
export async function selectPage(db: Db, connection: string, after: number, most: number) {
  const rows = await db
    .selectFrom('contacts')
    .innerJoin('crm_records as record', 'record.contact_id', 'contacts.id')
    .selectAll('contacts')
    .select((eb) => [
      'external_id',
      sql<
        string[]
      >`array(${eb.selectFrom('crm_records as gone').select('gone.external_id').whereRef('gone.merged_into', '=', 'record.id')})`.as(
        'merged_ids',
      ),
    ])
    .where('record.connection', '=', connection)
    .where('record.merged_into', 'is', null)
    .where('contacts.id', '>', after)
    .orderBy('contacts.id')
    .limit(most)
    .execute()
  return rows.map((row) => ({
    externalId: row.external_id,
    changedAt: row.changed_at,
    mergedIds: row.merged_ids,
    contact: toContact(row),
  }))
}
