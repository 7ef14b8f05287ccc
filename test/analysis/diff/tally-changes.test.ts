import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Fields } from '../../../src/analysis/index.ts'
import { tallyChanges } from '../../../src/analysis/index.ts'
import type { Value } from '../../../src/mapping/index.ts'

const closed = new Set(['sold', 'mood'])

function fields(values: Record<string, Value>): Fields {
  return Object.fromEntries(
    Object.entries(values).map(([item, value]) => {
      return [item, { value, status: value === null ? 'not_mentioned' : 'found', evidence: [] }]
    }),
  )
}

test('flips, null rates, new values and shares of a small set', () => {
  const tally = tallyChanges()
  tally.add(fields({ sold: true, mood: 'good', note: 'a' }), fields({ sold: false, mood: 'great', note: 'a' }), closed)
  tally.add(fields({ sold: true, mood: null }), fields({ sold: false, mood: 'great' }), closed)
  tally.add(fields({ sold: false, mood: 'good' }), fields({ sold: null, mood: 'good' }), closed)
  const [sold, mood, note] = tally.items()
  expect(sold).toEqual({
    item: 'sold',
    conversations: 3,
    ...{ unchanged: 0, changed: 2, appeared: 0, vanished: 1 },
    changedShare: 1,
    nullRate: { before: 0, after: 1 / 3 },
    flips: [
      { from: true, to: false, conversations: 2 },
      { from: false, to: null, conversations: 1 },
    ],
    // False was there before.
    newValues: [],
    otherFlips: 0,
  })
  expect(mood).toMatchObject({
    ...{ unchanged: 1, changed: 1, appeared: 1, vanished: 0 },
    nullRate: { before: 1 / 3, after: 0 },
    newValues: [{ value: 'great', conversations: 2 }],
  })
  expect(note).toMatchObject({ conversations: 1, changedShare: 0, flips: [] })
})

const value = fc.constantFrom<Value>(null, true, false, 'good', 'bad', 'great')
const side = fc.dictionary(fc.constantFrom('sold', 'mood', 'note'), value).map(fields)

test('in any order the counts are the same, and they add up', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(side, side), { maxLength: 30 }), (pairs) => {
      const [forward, backward] = [tallyChanges(), tallyChanges()]
      for (const [before, after] of pairs) forward.add(before, after, closed)
      for (const [before, after] of pairs.toReversed()) backward.add(before, after, closed)
      const items = forward.items()
      const byName = new Map(backward.items().map((each) => [each.item, each]))
      expect(byName.size).toBe(items.length)
      for (const each of items) {
        const { flips, ...counts } = each
        const { flips: flipsBack = [], ...countsBack } = byName.get(each.item) ?? each
        expect({ ...counts, newValues: sorted(counts.newValues) }).toEqual({
          ...countsBack,
          newValues: sorted(countsBack.newValues),
        })
        expect(sorted(flips)).toEqual(sorted(flipsBack))
        expect(each.unchanged + each.changed + each.appeared + each.vanished).toBe(each.conversations)
        const both = pairs.filter(([before, after]) => each.item in before && each.item in after).length
        const flipped = flips.reduce((sum, { conversations }) => sum + conversations, 0)
        expect(flipped).toBe(closed.has(each.item) ? both : 0)
      }
    }),
  )
})

function sorted(entries: readonly object[]): string[] {
  return entries.map((entry) => JSON.stringify(entry)).sort()
}

test('what has countless values is counted, not kept', () => {
  const tally = tallyChanges()
  for (let n = 0; n < 2_500; n++) tally.add(fields({ mood: `a${n}` }), fields({ mood: `b${n}` }), closed)
  const [mood] = tally.items()
  expect(mood?.flips).toHaveLength(2_000)
  expect(mood).toMatchObject({ conversations: 2_500, changed: 2_500, otherFlips: 500 })
})
