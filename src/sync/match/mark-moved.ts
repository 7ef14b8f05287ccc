import type { Trx } from '../../db/index.ts'
import type { SyncAnnouncements } from '../announcements.ts'
import { markRecords, priorities } from '../marks.ts'

/** Marks the records whose conversations changed, for a person waits to see it. Returns how many there are. */
export async function markMoved(
  trx: Trx,
  next: SyncAnnouncements,
  {
    moved,
    reason,
    runId,
  }: { moved: readonly { connection: string; recordId: number | null }[]; reason: string; runId: number },
): Promise<number> {
  let marked = 0
  for (const [connection, those] of Map.groupBy(moved, (each) => each.connection)) {
    const recordIds = [...new Set(those.flatMap((each) => each.recordId ?? []))]
    await markRecords(trx, { connection, recordIds, priority: priorities.interactive, reason, runId })
    if (recordIds.length > 0) next.recordsMarked(trx, connection)
    marked += recordIds.length
  }
  return marked
}
