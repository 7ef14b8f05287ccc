import type { Actor } from '../audit/index.ts'
import type { Model } from '../model/index.ts'
import type { PlanDeps } from '../sync/index.ts'
import { planBackfill } from './plan-backfill.ts'
import { getBackfill } from './store.ts'
import type { Backfill } from './types.ts'
import type { Blast } from './warn-of-blast.ts'

/** Plans a backfill once more, with the prompts and rules of now: a plan of its own, which nobody has started. Throws 404, and as `planBackfill`. */
export async function replanBackfill(
  deps: PlanDeps & { model: Model } & Blast,
  input: { id: number; actor: Actor },
  signal?: AbortSignal,
): Promise<Backfill> {
  const { filter, reason, concurrency, kind, mapping, fields, guards, canary, lane, deadlineAt } = await getBackfill(
    deps.db,
    input.id,
  )
  const only = { ...(mapping === null ? {} : { mapping }), ...(fields === null ? {} : { fields }) }
  const mappingOnly = kind === 'mapping' ? { mappingOnly: only } : {}
  return planBackfill(
    deps,
    {
      filter,
      actor: input.actor,
      reason,
      concurrency,
      guards,
      lane: { lane, deadlineAt },
      ...(canary && { canary }),
      ...mappingOnly,
    },
    signal,
  )
}
