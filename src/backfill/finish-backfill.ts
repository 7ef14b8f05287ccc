import { recordEntry } from '../audit/index.ts'
import { type Db, transact } from '../db/index.ts'
import type { BackfillAnnouncements } from './announcements.ts'
import { openItems } from './item-store.ts'
import { releaseComplete } from './release-complete.ts'
import { notParked } from './store.ts'

/**
 * Calls a backfill done when nothing is open or claimed any more; of several that see it, one does. By then every contact is
 * complete, also one whose last conversation was deleted before anybody took it up. Returns whether more is to do.
 */
export async function finishBackfill(
  deps: { db: Db; now: () => Date; next: BackfillAnnouncements },
  id: number,
): Promise<{ more: boolean }> {
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
