import { expect, test } from 'vitest'
import { claimSize } from '../../src/backfill/claim-size.ts'

/** Sizes of claims that are used up after so many seconds each. */
function sizes(seconds: number[], workers = 8): number[] {
  let at = 0
  const howMany = claimSize({ most: 100 }, () => at)
  return [0, ...seconds].map((each) => {
    at += each * 1_000
    return howMany(workers)
  })
}

test('the first claim is one for each who works', () => expect(sizes([])).toEqual([8]))
test('what is used up at once grows, up to the most', () =>
  expect(sizes([0.1, 0.1, 0.1, 0.9, 0.9])).toEqual([8, 16, 32, 64, 100, 100]))
test('what lasts between one and two seconds stays', () => expect(sizes([0.5, 1.5, 2])).toEqual([8, 16, 16, 16]))
test('what lasts longer shrinks, but never below one for each who works', () =>
  expect(sizes([0.5, 0.5, 3, 3, 30])).toEqual([8, 16, 32, 16, 8, 8]))
test('nobody at work still claims one; more at work than the most, one each', () => {
  expect(sizes([], 0)).toEqual([1])
  expect(sizes([0.1], 200)).toEqual([200, 200])
})
