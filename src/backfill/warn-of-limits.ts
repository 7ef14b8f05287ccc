import { type Actor, actorLabel } from '../audit/index.ts'
import type { Db } from '../db/index.ts'
import { reportSpending, usd } from '../limits/index.ts'
import type { Model } from '../model/index.ts'

/** One sentence for every limit of whoever plans that leaves less than this: the backfill would be parked on the way. */
export async function warnOfLimits(
  deps: { db: Db; model: Model; now: () => Date },
  actor: Actor,
  costUsd: number,
): Promise<string[]> {
  const own = ['installation', actorLabel(actor)]
  const limits = (await reportSpending(deps)).filter(({ scope }) => own.includes(scope))
  return limits.flatMap(({ scope, period, leftUsd, capUsd, resetsAt }) =>
    leftUsd === null || leftUsd >= costUsd
      ? []
      : [
          `of the ${usd(capUsd ?? 0)} that ${scope} may spend this ${period}, ${usd(leftUsd)} are left and about ${usd(costUsd)} are needed: the rest waits until ${resetsAt.toISOString()}`,
        ],
  )
}
