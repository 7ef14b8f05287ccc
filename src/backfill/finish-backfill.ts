import { recordEntry } from '../audit/index.ts'
import { transact } from '../db/index.ts'
import { openItems } from './item-store.ts'
import { type JudgeDeps, judgeCanary } from './judge-canary.ts'
import { releaseComplete } from './release-complete.ts'
import { getBackfill, notParked } from './store.ts'

/**
 * Calls a backfill done when nothing is open or claimed any more; of several that see it, one does. By then every contact is
 * complete, also one whose last conversation was deleted before anybody took it up. One with a canary to be judged is not done, see `judgeCanary`. Returns whether more is to do.
 */
export async function finishBackfill(deps: JudgeDeps, id: number, signal?: AbortSignal): Promise<{ more: boolean }> {
  const judged = await judgeCanary(deps, await getBackfill(deps.db, id), signal)
  if (judged) return judged
  const { open, claimed } = await openItems(deps.db, id)
  if (open + claimed > 0) return { more: open > 0 }
  await transact(deps.db, async (trx) => {
    const ended = await trx
      .updateTable('backfills')
      .set({ state: 'done', ended_at: deps.now(), ...notParked })
      .where('id', '=', id)
      .where('state', '=', 'running')
      .returning('run_id')
      .executeTakeFirst()
    if (!ended) return
    if (ended.run_id !== null) await releaseComplete(trx, deps.next, { backfillId: id, runId: ended.run_id })
    const actor = { kind: 'system', name: 'backfill' } as const
    await recordEntry(trx, { actor, action: 'backfill.done', subject: { kind: 'backfill', id: String(id) } })
  })
  return { more: false }
}
