import { costUsd, factsOf, type Model, type Usage } from '../model/index.ts'
import { type Calibration, type Calls, countedUsage, expectedUsage, type Sample } from './calibration.ts'

/** What calls are expected to use and cost. All USD are 0 where the model has no known price. */
export type PricedCalls = {
  inputTokens: number
  outputTokens: number
  usd: number
  lowUsd: number
  highUsd: number
  /** The high end, where nothing comes from the provider's cache and what may be is written to it. */
  uncachedUsd: number
}

type At = Pick<Model, 'prices'> & { profile: { sends: { cache: boolean } } }

/** The range before enough calls are known (reference/llm.md section 2). */
const unlearned = { low: 0.85, high: 1.15 }
/** A calibrated ratio is off by 2 to 5 % in the median (the same place): no range is narrower. */
const surest = 0.05
/** So many stretches of the calls learned from show how far apart such calls are. */
const stretches = 10

/**
 * What calls come to by a calibration. Nothing of the first of them is expected to be in the provider's cache yet; at the low end it
 * is. Pure.
 */
export function priceCalls({ prices, profile }: At, calibration: Calibration, group: Calls): PricedCalls {
  const { model, learnedFrom } = calibration
  const { calls } = group
  const usdOf = (usage: Usage) => togetherUsd(prices, model, usage, calls)
  const { takesBreakpoints } = factsOf(prices, model)
  const isSteered = profile.sends.cache && takesBreakpoints
  // Where we do not say what to cache, nobody knows before the first calls whether anything is.
  const cachedShare = calibration.cachedShare ?? (profile.sends.cache ? 1 : 0)
  const first = calls > 0 ? 1 / calls : 0
  const expected = expectedUsage(calibration, group, {
    cachedShare: cachedShare * (1 - first),
    coldShare: isSteered ? first : 0,
  })
  const usd = usdOf(expected)
  const warmUsd = usdOf(expectedUsage(calibration, group, { cachedShare, coldShare: 0 }))
  // A model that is not told where to break may write every prompt whole.
  const writtenShare = learnedFrom === 0 && takesBreakpoints && !isSteered ? 1 : calibration.writtenShare
  const coldShare = isSteered ? 1 : 0
  const coldUsd = usdOf(expectedUsage({ ...calibration, writtenShare }, group, { cachedShare: 0, coldShare }))
  const { low, high } = rangeOf(prices, calibration, calls)
  return {
    inputTokens: Math.ceil(expected.inputTokens),
    outputTokens: Math.ceil(expected.outputTokens),
    usd,
    lowUsd: Math.min(usd, warmUsd) * low,
    highUsd: usd * high,
    uncachedUsd: Math.max(usd, coldUsd) * high,
  }
}

/**
 * How far off a cost may be, as factors: ±15 % before there are enough calls to learn from; then the cheapest and the dearest of ten
 * stretches of those calls, one after the other, against what would be expected of each. A stretch is as long as what is
 * priced, and a tenth of those calls at the most. Never narrower than ±5 %. What the provider's cache gave is left out of it: a
 * first call that finds nothing there says nothing of the calls behind it. Pure.
 */
export function rangeOf(
  prices: Model['prices'],
  calibration: Calibration,
  calls: number,
): { low: number; high: number } {
  const { samples, model } = calibration
  if (calibration.learnedFrom === 0) return unlearned
  const cached = { cachedShare: calibration.cachedShare ?? 0, coldShare: 0 }
  const length = Math.max(1, Math.min(calls, Math.floor(samples.length / stretches)))
  const ratios = Array.from({ length: Math.floor(samples.length / length) }, (_, nth) => {
    const stretch = samples.slice(nth * length, (nth + 1) * length)
    const usdOf = (usage: (each: Sample) => Usage) =>
      stretch.reduce((total, each) => total + (costUsd(prices, usage(each), model) ?? 0), 0)
    const expectedUsd = usdOf((each) => expectedUsage(calibration, each, cached))
    return expectedUsd === 0 ? 1 : usdOf((each) => countedUsage(calibration, each, cached)) / expectedUsd
  })
  return { low: Math.min(1 - surest, ...ratios), high: Math.max(1 + surest, ...ratios) }
}

/** What so many alike calls cost together: whether a request is so long that it costs more is a matter of each. */
function togetherUsd(prices: Model['prices'], model: string, all: Usage, calls: number): number {
  if (calls === 0) return 0
  const each = {
    inputTokens: all.inputTokens / calls,
    cachedTokens: all.cachedTokens / calls,
    cacheWriteTokens: all.cacheWriteTokens / calls,
    outputTokens: all.outputTokens / calls,
  }
  return (costUsd(prices, each, model) ?? 0) * calls
}
