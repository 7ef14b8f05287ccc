import { expect, test } from 'vitest'
import { compareItems } from '../../../src/analysis/index.ts'
import type { FieldStatus, FieldValue, Value } from '../../../src/mapping/index.ts'

function field(value: Value, status: FieldStatus = value === null ? 'not_mentioned' : 'found'): FieldValue {
  return { value, status, evidence: [] }
}

test.each<[string, FieldValue | undefined, FieldValue | undefined, string]>([
  ['the same value', field('Pro'), field('Pro'), 'unchanged'],
  ['another quote for the same value', field(5), { ...field(5), evidence: [{ turn: 1, quote: 'five' }] }, 'unchanged'],
  ['another value', field('Pro'), field('Team'), 'changed'],
  ['a number that became text', field(5), field('5'), 'changed'],
  ['another reason for no value', field(null), field(null, 'declined'), 'changed'],
  ['an item that is asked only now, in vain', undefined, field(null), 'changed'],
  ['a value where none was found', field(null), field('Pro'), 'appeared'],
  ['a value of an item asked only now', undefined, field(false), 'appeared'],
  ['a value that was not verified before', field('Pro', 'unverified'), field('Pro'), 'appeared'],
  ['no value any more', field(0), field(null), 'vanished'],
  ['an item that is asked no more', field('Pro'), undefined, 'vanished'],
])('%s', (_, before, after, change) => {
  const sides = [before && { plan: before }, after && { plan: after }] as const
  const [compared] = compareItems(sides[0] ?? {}, sides[1] ?? {})
  expect(compared).toMatchObject({ item: 'plan', before: before ?? null, after: after ?? null, change })
  expect(compared?.isChanged).toBe(change !== 'unchanged')
})

test('items may bear the names of what objects have by nature', () => {
  const after = Object.fromEntries([
    ['constructor', field('a')],
    ['__proto__', field('b')],
  ])
  expect(compareItems({}, after).map(({ item, change }) => [item, change])).toEqual([
    ['constructor', 'appeared'],
    ['__proto__', 'appeared'],
  ])
})
