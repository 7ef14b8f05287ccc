import { type Actor, recordEntry } from '../audit/index.ts'
import { type Db, transact } from '../db/index.ts'
import { AppError } from '../errors.ts'
import type { Model } from '../model/index.ts'
import type { BackfillAnnouncements } from './announcements.ts'
import { goOn, mayGoOn } from './park-backfill.ts'
import { getBackfill } from './store.ts'
import type { Backfill } from './types.ts'

/**
 * Sets what a backfill may cost in all, in dollars (null: whatever it costs), also while it runs: what it has spent counts, and every
 * call from now on keeps to it. One that was parked for it goes on where there is room now. Audited; twice is safe. Refuses an amount
 * that is not above 0 (`backfill.max_cost`, 422) and a backfill that has ended (409).
 */
export async function setMaxCost(
  deps: { db: Db; model: Model; now: () => Date; next: BackfillAnnouncements },
  input: { id: number; maxCostUsd: number | null; actor: Actor },
): Promise<Backfill> {
  const { id, maxCostUsd, actor } = input
  if (maxCostUsd !== null && !(maxCostUsd > 0 && maxCostUsd < 1_000_000)) {
    const message = `max_cost_usd is ${maxCostUsd}; it must be above 0 and below 1,000,000`
    throw new AppError('backfill.max_cost', 'skip', message, { status: 422 })
  }
  return transact(deps.db, async (trx) => {
    // The lock keeps what the audit says was before true.
    await trx.selectFrom('backfills').select('id').where('id', '=', id).forUpdate().execute()
    const { state, guards } = await getBackfill(trx, id)
    if (state === 'done' || state === 'cancelled') {
      const message = `backfill ${id} is ${state}: it asks no model any more`
      throw new AppError('backfill.state', 'skip', message, { status: 409 })
    }
    const before = guards.maxCostUsd ?? null
    if (before !== maxCostUsd) {
      await trx.updateTable('backfills').set({ max_cost_usd: maxCostUsd }).where('id', '=', id).execute()
      await recordEntry(trx, {
        actor,
        action: 'backfill.max_cost',
        subject: { kind: 'backfill', id: String(id) },
        before: { maxCostUsd: before },
        after: { maxCostUsd },
      })
    }
    const changed = await getBackfill(trx, id)
    if (state !== 'running' || !(await mayGoOn({ ...deps, db: trx }, changed))) return changed
    await goOn(trx, id)
    await deps.next.backfillRuns(trx, id)
    return getBackfill(trx, id)
  })
}
