import { sql } from 'kysely'
import { type Db, json, type Trx } from '../db/index.ts'
import type { RecordKey } from './record-keys.ts'

type ObjectOf = { connection: string; object: string }
export type HeldKey = RecordKey & { recordId: number }

export async function selectOpenKeys(trx: Trx, recordIds: number[]): Promise<HeldKey[]> {
  if (recordIds.length === 0) return []
  const rows = await trx
    .selectFrom('crm_record_keys')
    .select(['record_id', 'kind', 'key', 'property'])
    .where('record_id', 'in', recordIds)
    .where('held_to', '=', sql<Date>`'infinity'`)
    .execute()
  return rows.map(({ record_id: recordId, kind, key, property }) => ({ recordId, kind, key, property }))
}

/** `heldFrom` null: for as long as we know. */
export async function insertKeys(
  trx: Trx,
  { connection, object }: ObjectOf,
  keys: (HeldKey & { heldFrom: Date | null })[],
): Promise<void> {
  if (keys.length === 0) return
  const rows = keys.map(({ recordId, kind, key, property, heldFrom }) => ({
    record_id: recordId,
    connection,
    object,
    kind,
    key,
    property,
    held_from: heldFrom ?? sql<Date>`'-infinity'`,
  }))
  await trx
    .insertInto('crm_record_keys')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['record_id', 'kind', 'key', 'property', 'held_from'])
        .doUpdateSet({ held_to: sql<Date>`'infinity'` }),
    )
    .execute()
}

export async function closeKeys(trx: Trx, keys: HeldKey[], heldTo: Date): Promise<void> {
  if (keys.length === 0) return
  await sql`
    update crm_record_keys as held set held_to = ${heldTo}
    from jsonb_to_recordset(${json(keys)}::jsonb) as closed("recordId" bigint, kind text, key text, property text)
    where held.record_id = closed."recordId" and held.kind = closed.kind and held.key = closed.key
      and held.property = closed.property and held.held_to = 'infinity'`.execute(trx)
}

/** For each number, the first record we knew to hold it: the one that names the contact. */
export async function selectNamers(
  trx: Trx,
  { connection, object }: ObjectOf,
  numbers: string[],
): Promise<Map<string, number>> {
  if (numbers.length === 0) return new Map()
  const rows = await trx
    .selectFrom('crm_record_keys')
    .innerJoin('crm_records', 'crm_records.id', 'crm_record_keys.record_id')
    .select((eb) => ['key', eb.fn.min('crm_records.id').as('record_id')])
    .where('crm_record_keys.connection', '=', connection)
    .where('crm_record_keys.object', '=', object)
    .where('kind', '=', 'number')
    .where('key', 'in', numbers)
    .where('held_to', '=', sql<Date>`'infinity'`)
    .where('merged_into', 'is', null)
    .where('gone_at', 'is', null)
    .groupBy('key')
    .execute()
  return new Map(rows.map((row) => [row.key, row.record_id]))
}

/** The CRM's ids of records that have any of these numbers or e-mails now, and still stand on their own. */
export async function selectSharers(db: Db, { connection, object }: ObjectOf, keys: RecordKey[]): Promise<string[]> {
  const { rows } = await sql<{ externalId: string }>`
    select distinct crm_records.external_id as "externalId"
    from jsonb_to_recordset(${json(keys)}::jsonb) as wanted(kind text, key text)
    join crm_record_keys as held on held.connection = ${connection} and held.object = ${object}
      and held.kind = wanted.kind and held.key = wanted.key and held.held_to = 'infinity'
    join crm_records on crm_records.id = held.record_id
    where crm_records.merged_into is null and crm_records.gone_at is null
  `.execute(db)
  return rows.map((row) => row.externalId)
}
