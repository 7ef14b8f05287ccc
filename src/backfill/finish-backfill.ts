import { recordEntry } from '../audit/index.ts'
import { type Db, transact } from '../db/index.ts'
import { openItems } from './item-store.ts'

/** Calls a backfill done when nothing is open or claimed any more; of several that see it, one does. Returns whether more is to do. */
export async function finishBackfill(deps: { db: Db; now: () => Date }, id: number): Promise<{ more: boolean }> {
  const { open, claimed } = await openItems(deps.db, id)
  if (open + claimed > 0) return { more: open > 0 }
  await transact(deps.db, async (trx) => {
    const ended = await trx
      .updateTable('backfills')
      .set({ state: 'done', ended_at: deps.now() })
      .where('id', '=', id)
      .where('state', '=', 'running')
      .executeTakeFirst()
    if (ended.numUpdatedRows === 0n) return
    const actor = { kind: 'system', name: 'backfill' } as const
    await recordEntry(trx, { actor, action: 'backfill.done', subject: { kind: 'backfill', id: String(id) } })
  })
  return { more: false }
}
