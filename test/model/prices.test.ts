import { expect, test } from 'vitest'
import { costUsd as costBy, shippedPrices } from '../../src/model/index.ts'

const costUsd = (usage: Parameters<typeof costBy>[1], model: string) => costBy(shippedPrices, usage, model)
const million = { inputTokens: 1_000_000, cachedTokens: 0, cacheWriteTokens: 0, outputTokens: 0 }

test('each kind of token has its own price, and cached and written ones are not counted twice', () => {
  expect(costUsd(million, 'gpt-6-luna')).toBeCloseTo(0.1)
  expect(costUsd({ ...million, cachedTokens: 1_000_000 }, 'gpt-6-luna')).toBeCloseTo(0.01)
  expect(costUsd({ ...million, cacheWriteTokens: 1_000_000 }, 'gpt-6-luna')).toBeCloseTo(0.125)
  expect(costUsd({ ...million, inputTokens: 0, outputTokens: 1_000_000 }, 'gpt-6-luna')).toBeCloseTo(0.5)
})

test('100,000 sessions of 1,500 static, 3,000 transcript and 400 output tokens cost $52 with the prefix cached', () => {
  const session = { inputTokens: 4_500, cachedTokens: 1_500, cacheWriteTokens: 0, outputTokens: 400 }
  expect(100_000 * (costUsd(session, 'gpt-6-luna') ?? 0)).toBeCloseTo(51.5)
})

test('a dated snapshot costs what its model costs; an unknown model has no price rather than a wrong one', () => {
  expect(costUsd(million, 'gpt-6-luna-2026-09-23')).toBe(costUsd(million, 'gpt-6-luna'))
  expect(costUsd(million, 'llama-4')).toBeNull()
  expect(costUsd(million, 'constructor')).toBeNull()
})

test('the sandbox model has a price, so that the demo shows a cost', () => {
  expect(costUsd(million, 'sandbox-extractive-1')).toBeGreaterThan(0)
})
