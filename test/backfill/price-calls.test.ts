import { expect, test } from 'vitest'
import { calibrate, type Sample } from '../../src/backfill/calibration.ts'
import { priceCalls, rangeOf } from '../../src/backfill/price-calls.ts'
import { shippedPrices } from '../../src/model/index.ts'

const model = 'gpt-6-luna'
const openAi = { prices: shippedPrices, profile: { sends: { cache: true } } }
const elsewhere = { prices: shippedPrices, profile: { sends: { cache: false } } }

/** A call with a static part worth caching, all of it read from the cache. */
function sample(differences: Partial<Sample> = {}): Sample {
  return {
    calls: 1,
    staticBytes: 6_000,
    parts: 6,
    textBytes: 9_000,
    inputTokens: 4_000,
    cachedTokens: 1_500,
    cacheWriteTokens: 0,
    outputTokens: 240,
    ...differences,
  }
}

function learned(samples: Sample[]) {
  return calibrate('analysis', model, samples)
}

function many(count: number, of: (nth: number) => Partial<Sample> = () => ({})): Sample[] {
  return Array.from({ length: count }, (_, nth) => sample(of(nth)))
}

const group = { calls: 100, staticBytes: 6_000, parts: 600, textBytes: 900_000 }

test('49 calls teach nothing, 50 do: the same calls are then expected to use what they used', () => {
  expect(learned(many(49))).toMatchObject({ learnedFrom: 0, inputTimes: 1, outputTimes: 1, cachedShare: null })
  const calibration = learned(many(50))
  expect(calibration.learnedFrom).toBe(50)
  const { inputTokens, outputTokens } = priceCalls(openAi, calibration, group)
  expect([inputTokens, outputTokens]).toEqual([400_000, 24_000])
})

test('calls that all came to the same are ±5%, whatever is priced; until then it is ±15%', () => {
  expect(rangeOf(shippedPrices, learned(many(49)), 10)).toEqual({ low: 0.85, high: 1.15 })
  expect(rangeOf(shippedPrices, learned(many(200)), 10)).toEqual({ low: 0.95, high: 1.05 })
})

test('the range is as wide as stretches of the calls were apart: single ones for one call, a tenth of all for many', () => {
  const halves = learned(many(200, (nth) => ({ inputTokens: nth < 100 ? 3_000 : 5_000, outputTokens: 0 })))
  const drifting = rangeOf(shippedPrices, halves, 1_000)
  expect(drifting.low).toBeLessThan(0.8)
  expect(drifting.high).toBeGreaterThan(1.2)
  const turnByTurn = learned(many(200, (nth) => ({ inputTokens: nth % 2 === 0 ? 3_000 : 5_000, outputTokens: 0 })))
  const single = rangeOf(shippedPrices, turnByTurn, 1)
  expect([single.low, single.high]).toEqual([expect.closeTo(drifting.low, 8), expect.closeTo(drifting.high, 8)])
  expect(rangeOf(shippedPrices, turnByTurn, 1_000)).toEqual({ low: 0.95, high: 1.05 })
})

test('the first call of a group is expected to find no cache; at the low end it does, at the most no call does', () => {
  const calibration = learned(many(50))
  const priced = priceCalls(openAi, calibration, group)
  const perCall = (cached: number, written: number) =>
    ((4_000 - cached - written) * 0.1 + cached * 0.01 + written * 0.125 + 240 * 0.5) / 1_000_000
  const statics = (6_000 / 3.8) * calibration.inputTimes
  expect(priced.usd).toBeCloseTo(99 * perCall(1_500, 0) + perCall(0, statics), 6)
  expect(priced.lowUsd).toBeCloseTo(100 * perCall(1_500, 0) * 0.95, 6)
  expect(priced.uncachedUsd).toBeCloseTo(100 * perCall(0, statics) * 1.05, 6)
})

test('where nobody says what to cache, nothing is expected of it, and at the most every prompt is written whole', () => {
  const starting = learned([])
  const priced = priceCalls(elsewhere, starting, group)
  const whole = priceCalls(openAi, starting, { ...group, staticBytes: 0, textBytes: 4.2 * priced.inputTokens })
  expect(priced.usd).toBeCloseTo(whole.usd, 5)
  const writtenUsd = (priced.inputTokens * 0.125 + priced.outputTokens * 0.5) / 1_000_000
  expect(priced.uncachedUsd).toBeCloseTo(writtenUsd * 1.15, 5)
})

test('a provider that writes every prompt and never reads it is learned as such', () => {
  const calibration = learned(many(60, () => ({ cachedTokens: 0, cacheWriteTokens: 4_000 })))
  expect(calibration).toMatchObject({ cachedShare: 0, writtenShare: 1 })
  expect(priceCalls(openAi, calibration, group).usd).toBeCloseTo((400_000 * 0.125 + 24_000 * 0.5) / 1_000_000, 6)
})

test('what no call could teach is as it was: of static parts that were each sent once, of calls that asked for no field', () => {
  const once = learned(many(60, (nth) => ({ staticBytes: 6_000 + nth })))
  expect(once).toMatchObject({ learnedFrom: 60, cachedShare: null, writtenShare: 0 })
  expect(learned(many(60, () => ({ parts: 0, outputTokens: 0 })))).toMatchObject({ outputTimes: 1 })
  const { usd, lowUsd, highUsd, uncachedUsd } = priceCalls(openAi, once, group)
  for (const each of [usd, lowUsd, highUsd, uncachedUsd]) expect(each).toBeGreaterThan(0)
})

test('many short calls are not one long one; long ones are', () => {
  const short = priceCalls(openAi, learned([]), { calls: 1_000, staticBytes: 0, parts: 0, textBytes: 4_200_000 })
  expect(short.usd).toBeCloseTo(1_000_000 * 1e-7, 8)
  const long = priceCalls(openAi, learned([]), { calls: 2, staticBytes: 0, parts: 0, textBytes: 4_200_000 })
  expect(long.usd).toBeCloseTo(2 * short.usd, 8)
})

test('nothing costs nothing, and a model without a price is counted as nothing', () => {
  const none = { calls: 0, staticBytes: 6_000, parts: 0, textBytes: 0 }
  expect(priceCalls(openAi, learned(many(60)), none)).toMatchObject({ usd: 0, lowUsd: 0, highUsd: 0, uncachedUsd: 0 })
  const unknown = calibrate('analysis', 'llama-4', many(60))
  expect(priceCalls(openAi, unknown, group)).toMatchObject({ usd: 0, lowUsd: 0, highUsd: 0, uncachedUsd: 0 })
})
