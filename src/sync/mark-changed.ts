import { sql } from 'kysely'
import type { Trx } from '../db/index.ts'
import type { SyncAnnouncements } from './announcements.ts'
import { markRecords, priorities } from './marks.ts'

/**
 * Marks records for push whose fields were changed by somebody else, so that their cells are decided again; of those that no
 * conversation has reached there is nothing to decide.
 */
export async function markChanged(
  trx: Trx,
  next: SyncAnnouncements,
  { connection, recordIds }: { connection: string; recordIds: readonly number[] },
): Promise<void> {
  const { rows } = await sql<{ recordId: number }>`
    select distinct record_id as "recordId" from links where record_id = any(${recordIds}::bigint[])
  `.execute(trx)
  if (rows.length === 0) return
  const reached = rows.map((row) => row.recordId)
  await markRecords(trx, { connection, recordIds: reached, priority: priorities.live, reason: 'edit' })
  next.recordsMarked(trx, connection)
}
