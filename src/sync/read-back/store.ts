import { sql } from 'kysely'
import type { Db, Trx } from '../../db/index.ts'

/** Some records of one CRM object. */
export type Batch = { object: string; recordIds: number[] }

/** The next records of one object whose written cells have been unread for so long, behind those of another batch. */
export async function unreadRecords(
  db: Db,
  connection: string,
  { olderThanMs, after, most }: { olderThanMs: number; after: Batch | null; most: number },
): Promise<Batch | null> {
  const { rows } = await sql<{ recordId: number; object: string }>`
    select record_state.record_id as "recordId", crm_records.object
    from record_state join crm_records on crm_records.id = record_state.record_id
    where crm_records.connection = ${connection} and record_state.unread_at <= ${ago(olderThanMs)}
      and (crm_records.object, record_state.record_id) > (${after?.object ?? ''}, ${after?.recordIds.at(-1) ?? 0}::bigint)
    order by crm_records.object, record_state.record_id
    limit ${most}
  `.execute(db)
  const [first] = rows
  if (!first) return null
  const { object } = first
  return { object, recordIds: rows.flatMap((row) => (row.object === object ? row.recordId : [])) }
}

/** Connections with cells that have been unread for so long. */
export async function unreadFor(db: Db, olderThanMs: number): Promise<string[]> {
  const { rows } = await sql<{ connection: string }>`
    select distinct crm_records.connection
    from record_state join crm_records on crm_records.id = record_state.record_id
    where record_state.unread_at <= ${ago(olderThanMs)}
  `.execute(db)
  return rows.map((row) => row.connection)
}

function ago(ms: number) {
  return sql`clock_timestamp() - make_interval(secs => ${ms / 1000})`
}

/** Nothing of these records waits any more. */
export async function noteRead(trx: Trx, recordIds: readonly number[]): Promise<void> {
  await sql`update record_state set unread_at = null where record_id = any (${recordIds}::bigint[])`.execute(trx)
}
