import { sql } from 'kysely'
import { type Db, json, type Trx } from '../db/index.ts'
import { notFound } from '../errors.ts'

type ObjectOf = { connection: string; object: string }
export type ImportedRecord = {
  id: number
  externalId: string
  contactId: number | null
  isNew: boolean
  isBack: boolean
}

/**
 * Whether no scan has come across all records of this object yet: what they hold, they have held for as long as we know. Records that
 * a search, a trigger or a conversion brought in before are no scan's. Throws `connection.not_found` (404) for a connection that was
 * never remembered.
 */
export async function isFirstImport(db: Db, { connection, object }: ObjectOf): Promise<boolean> {
  const { rows } = await sql<{ isFirst: boolean }>`
    select imported_at is null
      or not exists (
        select from crm_records where connection = ${connection} and object = ${object} and seen_at is not null
      )
      or exists (
        select from crm_scans
        where connection = ${connection} and object = ${object} and under_way ->> 'isFirst' = 'true'
      ) as "isFirst"
    from connections where name = ${connection}`.execute(db)
  const [row] = rows
  if (row === undefined) throw notFound('connection', connection)
  return row.isFirst
}

/** Whether a scan of all records of this object has ended, also one that found none, and no first one is under way. */
export async function isImported(db: Db | Trx, { connection, object }: ObjectOf): Promise<boolean> {
  const { rows } = await sql<{ isImported: boolean }>`
    select exists (
      select from crm_scans where connection = ${connection} and object = ${object} and last_whole is not null
        and coalesce(under_way ->> 'isFirst', 'false') <> 'true'
    ) as "isImported"`.execute(db)
  return rows[0]?.isImported ?? false
}

/** Notes that a scan of all has come across these records. */
export async function markSeen(trx: Trx, recordIds: number[], seenAt: Date): Promise<void> {
  await sql`update crm_records set seen_at = ${seenAt} where id = any(${recordIds}::bigint[])`.execute(trx)
}

/** Records that still stand and that no scan of all has come across since `before`, behind one of our ids, by these. */
export async function selectUnseen(
  db: Db,
  { connection, object }: ObjectOf,
  { before, after, most }: { before: Date; after: number; most: number },
): Promise<{ id: number; externalId: string }[]> {
  const rows = await db
    .selectFrom('crm_records')
    .select(['id', 'external_id'])
    .where('connection', '=', connection)
    .where('object', '=', object)
    .where('id', '>', after)
    .where('merged_into', 'is', null)
    .where('gone_at', 'is', null)
    .where((eb) => eb.or([eb('seen_at', 'is', null), eb('seen_at', '<', before)]))
    .orderBy('id')
    .limit(most)
    .execute()
  return rows.map((row) => ({ id: row.id, externalId: row.external_id }))
}

/** Which of these ids of the CRM are records of ours that still stand on their own. */
export async function selectStanding(trx: Trx, { connection, object }: ObjectOf, externalIds: string[]) {
  if (externalIds.length === 0) return []
  return trx
    .selectFrom('crm_records')
    .select(['id', 'external_id', 'gone_at'])
    .where('connection', '=', connection)
    .where('object', '=', object)
    .where('external_id', 'in', externalIds)
    .where('merged_into', 'is', null)
    .orderBy('id')
    .execute()
}

/** Adds the records that are not there and brings back those that were thought gone. */
export async function upsertRecords(
  trx: Trx,
  { connection, object }: ObjectOf,
  externalIds: string[],
): Promise<ImportedRecord[]> {
  if (externalIds.length === 0) return []
  const added = await trx
    .insertInto('crm_records')
    .values(externalIds.toSorted().map((externalId) => ({ connection, object, external_id: externalId })))
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .execute()
  const isNew = new Set(added.map((row) => row.id))
  const these = trx
    .selectFrom('crm_records')
    .select(['id', 'external_id', 'contact_id', 'gone_at'])
    .where('connection', '=', connection)
    .where('object', '=', object)
    .where('external_id', 'in', externalIds)
  const rows = await these.orderBy('id').execute()
  const back = rows.filter((row) => row.gone_at !== null).map((row) => row.id)
  if (back.length > 0) await trx.updateTable('crm_records').set({ gone_at: null }).where('id', 'in', back).execute()
  return rows.map((row) => ({
    id: row.id,
    externalId: row.external_id,
    contactId: row.contact_id,
    isNew: isNew.has(row.id),
    isBack: row.gone_at !== null,
  }))
}

export async function updateRecordContacts(
  trx: Trx,
  contacts: { recordId: number; contactId: number }[],
): Promise<void> {
  if (contacts.length === 0) return
  await sql`
    update crm_records set contact_id = new."contactId"
    from jsonb_to_recordset(${json(contacts)}::jsonb) as new("recordId" bigint, "contactId" bigint)
    where crm_records.id = new."recordId"`.execute(trx)
}
