import type { Usage } from './completion.ts'

/** USD per 1M tokens. `cacheWriteUsd` is null where writing the cache costs nothing extra. */
type Price = { inputUsd: number; cachedUsd: number; cacheWriteUsd: number | null; outputUsd: number }

/** Prices have moved by 80% in one day: the table says of which day it is. @see reference/llm.md 1.5 */
const table = {
  asOf: '2026-11-21',
  prices: new Map<string, Price>([
    ['gpt-6-luna', { inputUsd: 0.1, cachedUsd: 0.01, cacheWriteUsd: 0.125, outputUsd: 0.5 }],
    ['gpt-6.1-terra', { inputUsd: 1, cachedUsd: 0.05, cacheWriteUsd: 1.25, outputUsd: 5 }],
    ['gpt-6-sol', { inputUsd: 2, cachedUsd: 0.2, cacheWriteUsd: 2.5, outputUsd: 10 }],
    ['gpt-6-astra', { inputUsd: 10, cachedUsd: 1, cacheWriteUsd: 12.5, outputUsd: 50 }],
    ['gpt-5.6-luna', { inputUsd: 0.2, cachedUsd: 0.02, cacheWriteUsd: 0.25, outputUsd: 1.2 }],
    ['gpt-5.6-terra', { inputUsd: 2, cachedUsd: 0.2, cacheWriteUsd: 2.5, outputUsd: 12 }],
    ['gpt-5.4-mini', { inputUsd: 0.75, cachedUsd: 0.075, cacheWriteUsd: null, outputUsd: 4.5 }],
    ['gpt-5.4-nano', { inputUsd: 0.2, cachedUsd: 0.02, cacheWriteUsd: null, outputUsd: 1.25 }],
    // Nobody bills the stand-in: a price of its own lets the demo show what a real model would make of it.
    ['sandbox-extractive-1', { inputUsd: 0.1, cachedUsd: 0.01, cacheWriteUsd: 0.125, outputUsd: 0.5 }],
  ]),
}

/** What a call cost by the table above, or null for a model that it does not know. */
export function costUsd(usage: Usage, model: string): number | null {
  const price = priceOf(model)
  if (!price) return null
  const uncachedTokens = Math.max(0, usage.inputTokens - usage.cachedTokens - usage.cacheWriteTokens)
  const millionfold =
    uncachedTokens * price.inputUsd +
    usage.cachedTokens * price.cachedUsd +
    usage.cacheWriteTokens * (price.cacheWriteUsd ?? price.inputUsd) +
    usage.outputTokens * price.outputUsd
  return millionfold / 1_000_000
}

/** The most that so many tokens can cost, however the provider's cache is used; null for a model without a known price. */
export function atMostUsd(most: { inputTokens: number; outputTokens: number }, model: string): number | null {
  const price = priceOf(model)
  if (!price) return null
  const dearestUsd = Math.max(price.inputUsd, price.cachedUsd, price.cacheWriteUsd ?? 0)
  return (most.inputTokens * dearestUsd + most.outputTokens * price.outputUsd) / 1_000_000
}

/** Whether the model reasons by default (billed as output), and so must be told not to. */
export function takesReasoningEffort(model: string): boolean {
  return priceOf(model) !== undefined
}

/** The models that charge for writing the cache are the ones that take breakpoints; older ones answer 400. */
export function takesCacheBreakpoints(model: string): boolean {
  return priceOf(model)?.cacheWriteUsd != null
}

/** A dated snapshot (`gpt-6-luna-2026-09-23`) costs what its model costs. */
function priceOf(model: string): Price | undefined {
  return table.prices.get(model) ?? table.prices.get(model.replace(/-\d{4}-\d{2}-\d{2}$/, ''))
}
