import { sql } from 'kysely'
import type { Db } from '../db/index.ts'
import { chargesOf } from './charges.ts'
import type { SpendingLimits } from './spending-limits.ts'

/** Whether a run could reserve so much now. Reserves nothing: the next to ask may be faster. */
export async function hasRoom(
  deps: { db: Db; now: () => Date; model: { limits: SpendingLimits } },
  run: { runId: number; usd: number },
): Promise<boolean> {
  const { rows } = await sql<{ fits: boolean }>`
    select coalesce(bool_and(coalesce(budgets.spent_usd + budgets.reserved_usd, 0) + ${run.usd}::numeric <= charges.cap_usd), true) as fits
    from runs
    cross join lateral ${chargesOf('runs', sql`${deps.now()}::timestamptz`, deps.model.limits)} as charges
    left join budgets using (scope, period, starts_on)
    where runs.id = ${run.runId} and charges.cap_usd is not null`.execute(deps.db)
  return rows[0]?.fits ?? true
}
