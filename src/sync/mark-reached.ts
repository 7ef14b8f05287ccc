import type { Trx } from '../db/index.ts'
import type { SyncAnnouncements } from './announcements.ts'
import { markRecords, priorities } from './marks.ts'

/** Marks the records that a run of a person has reached, for somebody waits to see it. Returns how many there are. Twice is safe. */
export async function markReached(
  trx: Trx,
  next: SyncAnnouncements,
  {
    reached,
    reason,
    runId,
  }: { reached: readonly { connection: string; recordId: number | null }[]; reason: string; runId: number },
): Promise<number> {
  let marked = 0
  for (const [connection, those] of Map.groupBy(reached, (each) => each.connection)) {
    const recordIds = [...new Set(those.flatMap((each) => each.recordId ?? []))]
    await markRecords(trx, { connection, recordIds, priority: priorities.interactive, reason, runId })
    if (recordIds.length > 0) next.recordsMarked(trx, connection)
    marked += recordIds.length
  }
  return marked
}
