import { type Actor, actorLabel } from '../audit/index.ts'
import type { Db } from '../db/index.ts'
import { reportSpending } from '../limits/index.ts'
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
          `$${leftUsd.toFixed(2)} of the $${capUsd?.toFixed(2)} that ${scope} may spend this ${period} are left, the estimate is $${costUsd.toFixed(2)}: what does not fit waits until ${resetsAt.toISOString()}`,
        ],
  )
}
