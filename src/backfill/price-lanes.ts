import { sql } from 'kysely'
import type { Trx } from '../db/index.ts'
import { factsOf, type Model, type Tier } from '../model/index.ts'
import type { Merges } from './estimate-merges.ts'
import type { PricedCalls } from './price-calls.ts'

/** What a backfill comes to in one lane. */
export type LaneEstimate = {
  costUsd: number
  costUsdLow: number
  costUsdHigh: number
  costUsdAtMost: number
  /** By how long the last calls of this lane took; null: there were none. Waits for room and for the provider's rate are not in it. */
  seconds: number | null
}

type Group = { model: string; priced: PricedCalls; calls: number }

/** Of the last so many calls the mean is taken. */
const lastCalls = 300

/** What groups of calls come to in each lane. Flex takes a share off the whole price, so its range is as wide. */
export async function priceLanes(
  trx: Trx,
  { prices }: Pick<Model, 'prices'>,
  groups: readonly Group[],
  concurrency: number,
): Promise<Record<Tier, LaneEstimate>> {
  const secondsOf = await measureCalls(
    trx,
    groups.flatMap(({ model, calls }) => (calls > 0 ? [model] : [])),
  )
  const laneOf = (tier: Tier): LaneEstimate => {
    const sum = (of: (priced: PricedCalls) => number) =>
      groups.reduce((total, { model, priced }) => {
        const times = tier === 'flex' ? factsOf(prices, model).flexTimes : 1
        return total + of(priced) * times
      }, 0)
    const each = groups.map(({ model, calls }) => {
      if (calls === 0) return 0
      const seconds = secondsOf(model, tier)
      // No more are in flight than there are.
      return seconds === null ? null : (seconds * calls) / Math.min(concurrency, calls)
    })
    const known = each.filter((seconds) => seconds !== null)
    return {
      costUsd: sum((priced) => priced.usd),
      costUsdLow: sum((priced) => priced.lowUsd),
      costUsdHigh: sum((priced) => priced.highUsd),
      costUsdAtMost: sum((priced) => priced.uncachedUsd),
      seconds: known.length < each.length ? null : known.reduce((total, seconds) => total + seconds, 0),
    }
  }
  return { standard: laneOf('standard'), flex: laneOf('flex') }
}

/** A lane with the texts to merge, which the standard lane makes in any case: the pusher of a CRM waits for them. Pure. */
export function withMergesIn(lane: LaneEstimate, merges: Merges): LaneEstimate {
  const { costUsd, costUsdLow = costUsd, costUsdHigh = costUsd } = merges
  return {
    ...lane,
    costUsd: lane.costUsd + costUsd,
    costUsdLow: lane.costUsdLow + costUsdLow,
    costUsdHigh: lane.costUsdHigh + costUsdHigh,
    costUsdAtMost: lane.costUsdAtMost + costUsdHigh,
  }
}

/** The mean seconds of the last analyses by each model in each lane; null where there were none. */
async function measureCalls(
  trx: Trx,
  models: readonly string[],
): Promise<(model: string, tier: Tier) => number | null> {
  const { rows } = await sql<{ model: string; tier: Tier; seconds: number | null }>`
    select asked.model, tiers.tier, (
      select avg(extract(epoch from newest.ended_at - newest.started_at))::float8
      from (
        select started_at, ended_at from attempts
        where model = asked.model and tier = tiers.tier and purpose = 'analysis' and input_tokens > 0
        order by ended_at desc limit ${lastCalls}
      ) as newest
    ) as seconds
    from (select distinct model from unnest(${models}::text[]) as m (model)) as asked
    cross join unnest(array['standard', 'flex']) as tiers (tier)`.execute(trx)
  const known = new Map(rows.map(({ model, tier, seconds }) => [`${tier} ${model}`, seconds]))
  return (model, tier) => known.get(`${tier} ${model}`) ?? null
}
