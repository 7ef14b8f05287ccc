import { costUsd, factsOf, type PriceTable, type Usage } from '../model/index.ts'
import { type Calibration, type Calls, countedUsage, expectedUsage } from './calibration.ts'

/** What calls are expected to use and cost. All USD are 0 where the model has no known price. */
export type PricedCalls = {
  inputTokens: number
  outputTokens: number
  usd: number
  lowUsd: number
  highUsd: number
  /** The high end, and nothing ever comes from the provider's cache. */
  uncachedUsd: number
}

/** The range before enough calls are known (reference/llm.md section 2). */
const unlearned = { low: 0.85, high: 1.15 }
/** A calibrated ratio is off by 2 to 5 % in the median (the same place): no range is narrower. */
const surest = 0.05
/** So many stretches of the calls learned from show how far apart such calls are. */
const stretches = 10

/** What calls come to by a calibration. Of each group's first call nothing is in the provider's cache yet. Pure. */
export function priceCalls(prices: PriceTable, calibration: Calibration, group: Calls): PricedCalls {
  const { model, cachedShare } = calibration
  const { calls } = group
  const writes = factsOf(prices, model).takesBreakpoints
  const warm = calls > 0 ? (calls - 1) / calls : 0
  const expected = expectedUsage(calibration, group, cachedShare * warm, writes)
  const usd = togetherUsd(prices, model, expected, calls)
  const { low, high } = rangeOf(prices, calibration, calls)
  const coldUsd = togetherUsd(prices, model, expectedUsage(calibration, group, 0, writes), calls)
  return {
    inputTokens: Math.ceil(expected.inputTokens),
    outputTokens: Math.ceil(expected.outputTokens),
    usd,
    lowUsd: usd * low,
    highUsd: usd * high,
    uncachedUsd: Math.max(usd, coldUsd) * high,
  }
}

/**
 * How far off a cost may be, as factors: ±15 % before there are enough calls to learn from; then the cheapest and the dearest of ten
 * stretches of those calls, one after the other, against what would be expected of each. A stretch is as long as what is
 * priced, and a tenth of those calls at the most. Never narrower than ±5 %. Pure.
 */
export function rangeOf(prices: PriceTable, calibration: Calibration, calls: number): { low: number; high: number } {
  const { samples, model, cachedShare } = calibration
  if (calibration.learnedFrom === 0) return unlearned
  const writes = factsOf(prices, model).takesBreakpoints
  const length = Math.max(1, Math.min(calls, Math.floor(samples.length / stretches)))
  const ratios = Array.from({ length: Math.floor(samples.length / length) }, (_, nth) => {
    const stretch = samples.slice(nth * length, (nth + 1) * length)
    const usdBy = (usage: (each: (typeof stretch)[number]) => Usage) =>
      stretch.reduce((total, each) => total + (costUsd(prices, usage(each), model) ?? 0), 0)
    const expectedUsd = usdBy((each) => expectedUsage(calibration, each, cachedShare, writes))
    return expectedUsd === 0 ? 1 : usdBy((each) => countedUsage(calibration, each, writes)) / expectedUsd
  })
  return { low: Math.min(1 - surest, ...ratios), high: Math.max(1 + surest, ...ratios) }
}

/** What so many alike calls cost together: whether a request is long enough to cost more is a matter of each. */
function togetherUsd(prices: PriceTable, model: string, all: Usage, calls: number): number {
  if (calls === 0) return 0
  const each = {
    inputTokens: all.inputTokens / calls,
    cachedTokens: all.cachedTokens / calls,
    cacheWriteTokens: all.cacheWriteTokens / calls,
    outputTokens: all.outputTokens / calls,
  }
  return (costUsd(prices, each, model) ?? 0) * calls
}
