import { describe, expect, test } from 'vitest'
import { costUsd as costBy, factsOf, shippedPrices } from '../../src/model/index.ts'
import { atMostUsd } from '../../src/model/prices.ts'

const million = { inputTokens: 1_000_000, cachedTokens: 0, cacheWriteTokens: 0, outputTokens: 0 }
const none = { ...million, inputTokens: 0 }

function costUsd(usage: Partial<typeof million>, model: string): number | null {
  return costBy(shippedPrices, { ...none, ...usage }, model)
}

describe('what a call cost', () => {
  test.each([
    ['input', { inputTokens: 100_000 }, 0.01],
    ['what comes from the cache', { inputTokens: 100_000, cachedTokens: 100_000 }, 0.001],
    ['what is written to the cache', { inputTokens: 100_000, cacheWriteTokens: 100_000 }, 0.0125],
    ['all three, none twice', { inputTokens: 100_000, cachedTokens: 40_000, cacheWriteTokens: 10_000 }, 0.00665],
    ['output', { outputTokens: 100_000 }, 0.05],
    ['the longest request at the usual price', { inputTokens: 272_000, outputTokens: 1_000 }, 0.0277],
    [
      'a longer one: input twice, output one and a half times',
      { inputTokens: 272_001, outputTokens: 1_000 },
      0.0551502,
    ],
    ['a longer one out of the cache', { inputTokens: 300_000, cachedTokens: 300_000 }, 0.006],
    ['a longer one into the cache', { inputTokens: 300_000, cacheWriteTokens: 300_000 }, 0.075],
  ])('%s', (_, usage, usd) => {
    expect(costUsd(usage, 'gpt-6-luna')).toBeCloseTo(usd, 8)
  })

  test('a model without a step costs the same however long the request', () => {
    expect(costUsd({ inputTokens: 400_000 }, 'gpt-5.4-mini')).toBeCloseTo(0.3)
  })

  test('where writing the cache has no price of its own, it costs what input does', () => {
    expect(costUsd({ inputTokens: 100_000, cacheWriteTokens: 100_000 }, 'gpt-5.4-mini')).toBeCloseTo(0.075)
  })

  test('100,000 sessions of 1,500 static, 3,000 transcript and 400 output tokens cost $52 with the prefix cached', () => {
    const session = { inputTokens: 4_500, cachedTokens: 1_500, cacheWriteTokens: 0, outputTokens: 400 }
    expect(100_000 * (costUsd(session, 'gpt-6-luna') ?? 0)).toBeCloseTo(51.5)
  })

  test('a dated snapshot costs what its model costs; an unknown model has no price rather than a wrong one', () => {
    expect(costUsd(million, 'gpt-6-luna-2026-09-23')).toBe(costUsd(million, 'gpt-6-luna'))
    expect(costUsd(million, 'llama-4')).toBeNull()
    expect(costUsd(million, 'constructor')).toBeNull()
    expect(costUsd(million, 'gpt-4o')).toBeNull()
  })

  test('the sandbox model has a price, so that the demo shows a cost', () => {
    expect(costUsd(million, 'sandbox-extractive-1')).toBeGreaterThan(0)
  })
})

test('the most a call can cost is never less than what it does, however the cache is used and however long it is', () => {
  for (const model of ['gpt-6-luna', 'gpt-6.1-terra', 'gpt-5.4-mini']) {
    for (const inputTokens of [1_000, 272_000, 272_001, 900_000]) {
      const most = atMostUsd(shippedPrices, { inputTokens, outputTokens: 500 }, model) ?? 0
      for (const [cached, written] of [
        [0, 0],
        [1, 0],
        [0, 1],
        [0.5, 0.5],
      ] as const) {
        const usage = {
          inputTokens,
          cachedTokens: inputTokens * cached,
          cacheWriteTokens: inputTokens * written,
          outputTokens: 500,
        }
        expect(costUsd(usage, model) ?? 0).toBeLessThanOrEqual(most + 1e-12)
      }
    }
  }
  expect(atMostUsd(shippedPrices, { inputTokens: 1, outputTokens: 1 }, 'llama-4')).toBeNull()
})

test('what is sent to a model is known apart from its price', () => {
  expect(factsOf(shippedPrices, 'gpt-6-luna')).toMatchObject({ reasonsByDefault: true, takesBreakpoints: true })
  expect(factsOf(shippedPrices, 'gpt-5.4-nano')).toMatchObject({ reasonsByDefault: true, takesBreakpoints: false })
  expect(factsOf(shippedPrices, 'llama-4')).toMatchObject({ reasonsByDefault: false, takesBreakpoints: false })
})
