import { type Actor, isUndone, recordEntry } from '../audit/index.ts'
import { type Db, transact } from '../db/index.ts'
import { dropHeld, holdRun, type SyncAnnouncements, undoRunIn } from '../sync/index.ts'
import { isInCanary } from './judge-canary.ts'
import { stoppableStates } from './stoppable-states.ts'
import { moveBackfill } from './store.ts'
import type { Backfill } from './types.ts'

/**
 * Ends a backfill for good. What it has pushed stays until it is undone; what it found and did not push is dropped.
 * Of one in its canary, the analyses go back too: nobody has let them count, and the next canary is held against those before.
 * One that runs, whose pushes wait or that is paused or stopped can be cancelled (409 otherwise); a plan that is not started needs no cancelling.
 */
export async function cancelBackfill(
  deps: { db: Db; now: () => Date; next: SyncAnnouncements },
  input: { id: number; actor: Actor },
): Promise<Backfill> {
  return transact(deps.db, async (trx) => {
    const from = [...(await stoppableStates(trx, input.id)), 'paused' as const, 'stopped' as const]
    const backfill = await moveBackfill(trx, input.id, from, 'cancelled', { ended_at: deps.now() })
    if (backfill.runId !== null) {
      await holdRun(trx, backfill.runId)
      await dropHeld(trx, backfill.runId)
      if (isInCanary(backfill) && !(await isUndone(trx, backfill.runId))) {
        const reason = `backfill ${input.id} was cancelled in its canary`
        await undoRunIn(trx, deps.next, { runId: backfill.runId, actor: input.actor, reason })
      }
    }
    const subject = { kind: 'backfill', id: String(input.id) }
    await recordEntry(trx, { actor: input.actor, action: 'backfill.cancelled', subject })
    return backfill
  })
}
