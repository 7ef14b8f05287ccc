import { type SqlBool, sql } from 'kysely'
import type { Db, Trx } from '../db/index.ts'

type ObjectOf = { connection: string; object: string }
export type KeyKind = 'number' | 'email'

/** A record that held a key, in which of its fields, from when (included) to when; epoch ms, open ends infinite. */
export type Holder = { recordId: number; property: string; heldFrom: number; heldTo: number }

/**
 * Who held these numbers (E.164) or e-mails (lower case), ever. A merged record answers as the one it became; records that
 * are gone are left out. Keys that nobody held are missing from the result.
 */
export async function findHolders(
  db: Db | Trx,
  { connection, object, kind, keys }: ObjectOf & { kind: KeyKind; keys: string[] },
): Promise<Map<string, Holder[]>> {
  if (keys.length === 0) return new Map()
  const rows = await db
    .selectFrom('crm_record_keys as k')
    .innerJoin('crm_records as held', 'held.id', 'k.record_id')
    .innerJoin('crm_records as now', (join) => join.on(sql<SqlBool>`now.id = coalesce(held.merged_into, held.id)`))
    .select(['k.key', 'now.id', 'k.property', 'k.held_from', 'k.held_to'])
    .where('k.connection', '=', connection)
    .where('k.object', '=', object)
    .where('k.kind', '=', kind)
    .where('k.key', 'in', keys)
    .where('now.gone_at', 'is', null)
    .orderBy('now.id')
    .orderBy('k.held_from')
    .execute()
  const holders = new Map<string, Holder[]>()
  for (const { key, id, property, held_from, held_to } of rows) {
    // pg reads the infinities as numbers, all else as dates.
    const holder = { recordId: id, property, heldFrom: Number(held_from), heldTo: Number(held_to) }
    holders.set(key, [...(holders.get(key) ?? []), holder])
  }
  return holders
}

/** Our ids of these records by the CRM's id; merged ones answer as what they became, unknown and gone ones are missing. */
export async function recordsByExternalId(
  db: Db | Trx,
  { externalIds, ...of }: ObjectOf & { externalIds: string[] },
): Promise<Map<string, number>> {
  if (externalIds.length === 0) return new Map()
  const rows = await recordsNow(db, of)
    .select(['asked.external_id', 'now.id'])
    .where('asked.external_id', 'in', externalIds)
    .execute()
  return new Map(rows.map((row) => [row.external_id, row.id]))
}

/** A record of ours and the contact that it stands for. */
export type FoundRecord = { recordId: number; contactId: number | null }

/** The record that the CRM knows by this id, as our index has it: a merged one as what it became, a gone one not at all. */
export async function findKnownRecord(
  db: Db,
  { externalId, ...of }: ObjectOf & { externalId: string },
): Promise<FoundRecord | undefined> {
  const row = await recordsNow(db, of)
    .select(['now.id', 'now.contact_id'])
    .where('asked.external_id', '=', externalId)
    .executeTakeFirst()
  return row && { recordId: row.id, contactId: row.contact_id }
}

/** Records of an object as they were asked for, each beside what it is now; gone ones are left out. */
function recordsNow(db: Db | Trx, { connection, object }: ObjectOf) {
  return db
    .selectFrom('crm_records as asked')
    .innerJoin('crm_records as now', (join) => join.on(sql<SqlBool>`now.id = coalesce(asked.merged_into, asked.id)`))
    .where('asked.connection', '=', connection)
    .where('asked.object', '=', object)
    .where('now.gone_at', 'is', null)
}

/** Notes that the CRM has these records no more: they match nothing from now on. Twice is safe. */
export async function markGone(trx: Trx, recordIds: number[]): Promise<void> {
  if (recordIds.length === 0) return
  await trx
    .updateTable('crm_records')
    .set({ gone_at: sql<Date>`now()` })
    .where('id', 'in', recordIds)
    .where('gone_at', 'is', null)
    .execute()
}

/** Whether the CRM has this record, or what it became, no more. */
export async function isGone(db: Db, recordId: number): Promise<boolean> {
  const row = await db
    .selectFrom('crm_records as asked')
    .innerJoin('crm_records as now', (join) => join.on(sql<SqlBool>`now.id = coalesce(asked.merged_into, asked.id)`))
    .select('now.gone_at')
    .where('asked.id', '=', recordId)
    .executeTakeFirst()
  return row === undefined || row.gone_at !== null
}

type StoredRecord = { id: number; mergedInto: number | null }

export async function lockRecord(
  trx: Trx,
  { connection, object, externalId }: ObjectOf & { externalId: string },
): Promise<StoredRecord | undefined> {
  const row = await trx
    .selectFrom('crm_records')
    .select(['id', 'merged_into'])
    .where('connection', '=', connection)
    .where('object', '=', object)
    .where('external_id', '=', externalId)
    .forUpdate()
    .executeTakeFirst()
  return row && { id: row.id, mergedInto: row.merged_into }
}

export async function renameRecord(trx: Trx, recordId: number, externalId: string): Promise<void> {
  await trx.updateTable('crm_records').set({ external_id: externalId }).where('id', '=', recordId).execute()
}

/** Sets what a record became, also for those that had become this one before: one step always leads to the end. */
export async function mergeRecord(trx: Trx, recordId: number, into: number): Promise<void> {
  await trx
    .updateTable('crm_records')
    .set({ merged_into: into })
    .where((eb) => eb.or([eb('id', '=', recordId), eb('merged_into', '=', recordId)]))
    .execute()
}
