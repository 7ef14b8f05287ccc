import { type Actor, isUndone, recordEntry } from '../audit/index.ts'
import { type Db, transact } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { releaseHeld } from '../sync/index.ts'
import type { BackfillAnnouncements } from './announcements.ts'
import { allCompleteContacts, completeContacts } from './item-store.ts'
import { moveBackfill } from './store.ts'
import type { Backfill } from './types.ts'

/** Goes on where it was paused: contacts that are complete are released, the rest is taken up again. 409 unless paused, and where it is undone. */
export async function resumeBackfill(
  deps: { db: Db; next: BackfillAnnouncements },
  input: { id: number; actor: Actor },
): Promise<Backfill> {
  return transact(deps.db, async (trx) => {
    const backfill = await moveBackfill(trx, input.id, ['paused'], 'running')
    if (backfill.runId !== null && (await isUndone(trx, backfill.runId))) {
      const message = `backfill ${input.id} is undone: what it would find could not count`
      throw new AppError('backfill.undone', 'skip', message, { status: 409 })
    }
    const complete = await allCompleteContacts(trx, input.id)
    if (complete.length > 0 && backfill.runId !== null) {
      const released = await releaseHeld(trx, backfill.runId, await completeContacts(trx, input.id, complete))
      await deps.next.contributionsReleased(trx, released)
    }
    const subject = { kind: 'backfill', id: String(input.id) }
    await recordEntry(trx, { actor: input.actor, action: 'backfill.resumed', subject })
    await deps.next.backfillRuns(trx, input.id)
    return backfill
  })
}
