import { type Actor, actorLabel } from '../audit/index.ts'
import type { Db } from '../db/index.ts'
import { reportSpending, usd } from '../limits/index.ts'
import type { Model } from '../model/index.ts'

/** One sentence for every limit of whoever plans, and for the plan's own, that leaves less than this: the backfill would be parked on the way. */
export async function warnOfLimits(
  deps: { db: Db; model: Model; now: () => Date },
  actor: Actor,
  { costUsd, maxCostUsd = null }: { costUsd: number; maxCostUsd: number | null | undefined },
): Promise<string[]> {
  const scopes = ['installation', actorLabel(actor)]
  const limits = (await reportSpending(deps)).filter(({ scope }) => scopes.includes(scope))
  const parks = limits.flatMap(({ scope, period, leftUsd, capUsd, resetsAt }) =>
    leftUsd === null || leftUsd >= costUsd || resetsAt === null
      ? []
      : [
          `of the ${usd(capUsd ?? 0)} that ${scope} may spend this ${period}, ${usd(leftUsd)} are left and about ${usd(costUsd)} are needed: the rest waits until ${resetsAt.toISOString()}`,
        ],
  )
  if (maxCostUsd === null || maxCostUsd >= costUsd) return parks
  const own = `of about ${usd(costUsd)} it may spend ${usd(maxCostUsd)} and stops there: raise max_cost_usd to have all analysed`
  return [...parks, own]
}
