import type { Db } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { type Plan, type PlanRow, planRows, readPlan } from '../sync/index.ts'
import { getBackfill } from './store.ts'
import type { Backfill } from './types.ts'

export type BackfillPlan = {
  backfill: Backfill
  plan: Plan
  rows: PlanRow[]
  /** Behind which record the next page begins; null at the end. */
  next: number | null
}

/**
 * The exact plan of a backfill that asks no model, with a page of its records behind `after`. Throws 404 for an unknown
 * backfill, for one that is only estimated, and where its plan has expired.
 */
export async function readBackfillPlan(
  deps: { db: Db },
  input: { id: number; after?: number; most: number },
): Promise<BackfillPlan> {
  const { id, after = 0, most } = input
  const backfill = await getBackfill(deps.db, id)
  const plan = backfill.planId === null ? undefined : await readPlan(deps.db, backfill.planId)
  if (!plan) {
    const why = backfill.kind === 'mapping' ? 'its plan has expired' : 'it asks the model, so its plan is an estimate'
    throw new AppError('backfill.no_plan', 'skip', `backfill ${id} has no exact plan: ${why}`, { status: 404 })
  }
  const rows = await planRows(deps.db, plan.id, { after, most })
  return { backfill, plan, rows, next: rows.length < most ? null : (rows.at(-1)?.recordId ?? null) }
}
