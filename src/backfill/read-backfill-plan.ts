import type { Db } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { type Plan, type PlannedCreation, type PlanRow, plannedCreations, planRows, readPlan } from '../sync/index.ts'
import { getBackfill } from './store.ts'
import type { Backfill } from './types.ts'

export type BackfillPlan = {
  backfill: Backfill
  plan: Plan
  rows: PlanRow[]
  /** Records that would be created: behind all others. */
  creations: PlannedCreation[]
  /** Where the next page begins: behind which record, and below 0 behind which of those that would be created; null at the end. */
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
  const rows = after < 0 ? [] : await planRows(deps.db, plan.id, { after, most })
  if (rows.length === most) return { backfill, plan, rows, creations: [], next: rows.at(-1)?.recordId ?? null }
  const left = { after: Math.max(0, -after), most: most - rows.length }
  const creations = await plannedCreations(deps.db, plan.id, after < 0 ? left : { ...left, after: 0 })
  const last = creations.at(-1)
  return { backfill, plan, rows, creations, next: creations.length < left.most || !last ? null : -last.place }
}
