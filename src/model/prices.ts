import type { Tier, Usage } from './completion.ts'

/** USD per 1M tokens. `cacheWriteUsd` is null where writing the cache costs nothing extra. */
type Price = { inputUsd: number; cachedUsd: number; cacheWriteUsd: number | null; outputUsd: number }

/** Beyond so many input tokens the whole request costs so many times as much. */
type LongContext = { aboveTokens: number; inputTimes: number; outputTimes: number }

/** What is known of a model that no answer of it tells. */
export type ModelFacts = {
  /** The day of which this is what was known: prices have moved by 80% in one day. */
  asOf: string
  /** Null: nobody knows. */
  price: Price | null
  longContext: LongContext | null
  /** What a call that was served as flex costs, of all that; 1 where nobody knows of less. */
  flexTimes: number
  /** The day from which the provider answers for it no more; null: none is announced. */
  shutsDownOn: string | null
  /** Whether it reasons by default, billed as output, and so must be told not to. */
  reasonsByDefault: boolean
  /** Whether it takes cache breakpoints; older models answer them with 400. */
  takesBreakpoints: boolean
}

/** What is known of models, by the provider's names. @see readPrices */
export type PriceTable = ReadonlyMap<string, ModelFacts>

const nothingKnown: ModelFacts = {
  asOf: '',
  price: null,
  longContext: null,
  flexTimes: 1,
  shutsDownOn: null,
  reasonsByDefault: false,
  takesBreakpoints: false,
}

/**
 * What is known of a model; nothing of one that is not in the table. A dated snapshot (`gpt-6-luna-2026-09-23`) is its model, and so is
 * one that is asked at a named provider (`gpt-6-luna@router`), unless the table has it under that name. Pure.
 */
export function factsOf(prices: PriceTable, model: string): ModelFacts {
  const there = model.replace(/(?<=.)@[a-z][a-z0-9_]*$/, '')
  const known = prices.get(model) ?? prices.get(there) ?? prices.get(there.replace(/-\d{4}-\d{2}-\d{2}$/, ''))
  return known ?? nothingKnown
}

/** What one call cost that was served so, or null for a model without a known price. Pure. */
export function costUsd(prices: PriceTable, usage: Usage, model: string, tier: Tier = 'standard'): number | null {
  const price = priceFor(prices, model, usage.inputTokens)
  if (!price) return null
  const uncachedTokens = Math.max(0, usage.inputTokens - usage.cachedTokens - usage.cacheWriteTokens)
  const millionfold =
    uncachedTokens * price.inputUsd +
    usage.cachedTokens * price.cachedUsd +
    usage.cacheWriteTokens * (price.cacheWriteUsd ?? price.inputUsd) +
    usage.outputTokens * price.outputUsd
  return (millionfold / 1_000_000) * (tier === 'flex' ? factsOf(prices, model).flexTimes : 1)
}

/** The most that one call with so many tokens can cost, however the provider's cache is used and whatever tier serves it; null for a model without a known price. Pure. */
export function atMostUsd(
  prices: PriceTable,
  most: { inputTokens: number; outputTokens: number },
  model: string,
): number | null {
  const price = priceFor(prices, model, most.inputTokens)
  if (!price) return null
  const dearestUsd = Math.max(price.inputUsd, price.cachedUsd, price.cacheWriteUsd ?? 0)
  return (most.inputTokens * dearestUsd + most.outputTokens * price.outputUsd) / 1_000_000
}

/** The prices of a call with so many input tokens. */
function priceFor(prices: PriceTable, model: string, inputTokens: number): Price | null {
  const { price, longContext } = factsOf(prices, model)
  if (!price || !longContext || inputTokens <= longContext.aboveTokens) return price
  const { inputTimes, outputTimes } = longContext
  return {
    inputUsd: price.inputUsd * inputTimes,
    cachedUsd: price.cachedUsd * inputTimes,
    cacheWriteUsd: price.cacheWriteUsd === null ? null : price.cacheWriteUsd * inputTimes,
    outputUsd: price.outputUsd * outputTimes,
  }
}
