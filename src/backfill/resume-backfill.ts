import { type Actor, isUndone, recordEntry } from '../audit/index.ts'
import { type Db, transact } from '../db/index.ts'
import { endWait } from '../limits/index.ts'
import { type Model, waysOf } from '../model/index.ts'
import type { BackfillAnnouncements } from './announcements.ts'
import { releaseComplete } from './release-complete.ts'
import { moveBackfill, undone } from './store.ts'
import type { Backfill } from './types.ts'

/**
 * Goes on where it was paused: contacts that are complete are released, the rest is taken up again; a provider that is out of credit
 * is asked again at once. 409 unless paused, and where it is undone.
 */
export async function resumeBackfill(
  deps: { db: Db; model: Model; next: BackfillAnnouncements },
  input: { id: number; actor: Actor },
): Promise<Backfill> {
  return transact(deps.db, async (trx) => {
    const backfill = await moveBackfill(trx, input.id, ['paused'], 'running')
    const { runId } = backfill
    if (runId !== null && (await isUndone(trx, runId))) throw undone(input.id)
    if (runId !== null) await releaseComplete(trx, deps.next, { backfillId: input.id, runId })
    for (const { pacer } of waysOf(deps.model)) await endWait(trx, pacer.provider)
    const subject = { kind: 'backfill', id: String(input.id) }
    await recordEntry(trx, { actor: input.actor, action: 'backfill.resumed', subject })
    await deps.next.backfillRuns(trx, input.id)
    return backfill
  })
}
