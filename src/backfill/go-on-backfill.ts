import { type Actor, isUndone, recordEntry } from '../audit/index.ts'
import { type Db, transact } from '../db/index.ts'
import type { BackfillAnnouncements } from './announcements.ts'
import { releaseComplete } from './release-complete.ts'
import { getBackfill, moveBackfill, undone } from './store.ts'
import type { Backfill } from './types.ts'

/**
 * A person lets a backfill go on that its canary has stopped: what is held of the canary is released, and the rest is taken up.
 * Throws 409 where it is not stopped, and where it is undone.
 */
export async function goOnBackfill(
  deps: { db: Db; next: BackfillAnnouncements; now: () => Date },
  { id, actor }: { id: number; actor: Actor },
): Promise<Backfill> {
  return transact(deps.db, async (trx) => {
    const { runId } = await moveBackfill(trx, id, ['stopped'], 'running', { canary_passed_at: deps.now() })
    if (runId !== null && (await isUndone(trx, runId))) throw undone(id)
    const backfill = await getBackfill(trx, id)
    const why = backfill.canary?.why ?? null
    await recordEntry(trx, {
      actor,
      action: 'backfill.went_on',
      subject: { kind: 'backfill', id: String(id) },
      after: { why },
    })
    if (runId !== null) await releaseComplete(trx, deps.next, { backfillId: id, runId })
    await deps.next.backfillRuns(trx, id)
    return backfill
  })
}
