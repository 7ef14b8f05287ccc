import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judge } from '../../../src/analysis/evaluate/judge.ts'
import { type Label, readLabel } from '../../../src/analysis/evaluate/label.ts'
import { scoreJudgements } from '../../../src/analysis/evaluate/score.ts'
import { belowGate, type Fields } from '../../../src/analysis/index.ts'
import type { FieldStatus, Value } from '../../../src/mapping/index.ts'

const items = [
  { name: 'plan', isPreset: false },
  { name: 'budget', isPreset: false },
  { name: 'call_successful', isPreset: true },
]
const conversation = { kind: 'call', items } as const

function label(given: object): Label {
  return readLabel(JSON.stringify({ id: 'call_1', ...given }), 1)
}

function fieldsOf(values: Record<string, Value>, status?: FieldStatus): Fields {
  return Object.fromEntries(
    Object.entries(values).map(([item, value]) => {
      return [item, { value, status: status ?? (value === null ? 'not_mentioned' : 'found'), evidence: [] }]
    }),
  )
}

describe('a label and what was found', () => {
  test.each<[string, object, Fields | null, object]>([
    ['the value', { fields: { plan: 'Pro' } }, fieldsOf({ plan: 'pro' }), { plan: 'right' }],
    ['another value', { fields: { plan: 'Pro' } }, fieldsOf({ plan: 'Team' }), { plan: 'wrong' }],
    ['no value', { fields: { plan: 'Pro' } }, fieldsOf({ plan: null }), { plan: 'missing' }],
    ['no answer at all', { fields: { plan: 'Pro' } }, {}, { plan: 'missing' }],
    ['an unverified value', { fields: { plan: 'Pro' } }, fieldsOf({ plan: 'Pro' }, 'unverified'), { plan: 'missing' }],
    ['a failed analysis', { fields: { plan: 'Pro', budget: null } }, null, { plan: 'missing' }],
    ['rightly nothing', { fields: { plan: null } }, fieldsOf({ plan: null }), { plan: 'empty' }],
    ['something invented', { fields: { plan: null } }, fieldsOf({ plan: 'Pro' }), { plan: 'invented' }],
    ['zero where zero is right', { fields: { budget: 0 } }, fieldsOf({ budget: 0 }), { budget: 'right' }],
    ['what nobody knows', { fields: {} }, fieldsOf({ plan: 'Pro', call_successful: true }), {}],
    ['what is disputed', { fields: { plan: 'Pro' }, conflicting: { plan: [] } }, fieldsOf({ plan: 'Team' }), {}],
    ['what is not asked', { fields: { colour: 'red' } }, fieldsOf({ colour: 'red' }), {}],
    ['success', { call_successful: false }, fieldsOf({ call_successful: false }), { call_successful: 'right' }],
    ['success nobody knows', { call_successful: null }, fieldsOf({ call_successful: false }), {}],
    [
      'no conversation: own items are to be empty, presets are not known',
      { expect_empty: true },
      fieldsOf({ budget: 5, call_successful: false }),
      { plan: 'empty', budget: 'invented' },
    ],
  ])('%s', (_, given, fields, verdicts) => {
    const judged = judge(label(given), conversation, fields)
    expect(Object.fromEntries(judged.map(({ item, verdict }) => [item, verdict]))).toEqual(verdicts)
  })
})

test.each([
  ['no JSON', 'secret', 'line 7 of the labels is no label: it wants a JSON object'],
  ['no id', '{"fields":{"plan":"secret"}}', 'line 7 of the labels is no label: it wants id'],
  ['an object for a value', '{"id":"a","fields":{"plan":{"secret":1}}}', 'it wants fields as described'],
])('a line with %s is refused by its number, and not repeated', (_, line, message) => {
  expect(() => readLabel(line, 7)).toThrow(message)
  expect(() => readLabel(line, 7)).not.toThrow('secret')
})

const value = fc.constantFrom<Value>(null, 'Pro', 'Team', 5, true)
const labelled = fc.record({
  fields: fc.dictionary(fc.constantFrom('plan', 'budget', 'colour'), value),
  call_successful: fc.option(fc.boolean()),
  expect_empty: fc.boolean(),
  found: fc.option(fc.dictionary(fc.constantFrom('plan', 'budget', 'call_successful'), value).map((v) => fieldsOf(v))),
})
type Labelled = { found: Fields | null; fields: Record<string, Value> }

function scored(set: readonly Labelled[]) {
  const scores = scoreJudgements()
  for (const { found, ...given } of set) scores.add(judge(label(given), conversation, found))
  return { items: scores.items(), all: scores.all() }
}

test('a permuted set of labels scores the same, and the counts add up', () => {
  const sets = fc.array(labelled, { maxLength: 30 })
  fc.assert(
    fc.property(
      sets.chain((set) => fc.tuple(fc.constant(set), fc.shuffledSubarray(set, { minLength: set.length }))),
      ([set, shuffled]) => {
        const result = scored(set)
        expect(scored(shuffled)).toEqual(result)
        for (const score of [...result.items, result.all]) {
          const { right, wrong, missing, empty, invented, labels } = score
          expect(right + wrong + missing + empty + invented).toBe(labels)
          for (const share of [score.precision, score.recall, score.nullAccuracy, score.agreement])
            if (share !== null) expect(share >= 0 && share <= 1).toBe(true)
        }
        expect(result.items.reduce((sum, { labels }) => sum + labels, 0)).toBe(result.all.labels)
        const known = set.filter(({ found, fields }) => found !== null && Object.hasOwn(fields, 'plan')).length
        expect(result.items.find(({ item }) => item === 'plan')?.labels ?? 0).toBeGreaterThanOrEqual(known)
      },
    ),
  )
})

test('shares, and the items below a gate, the lowest first', () => {
  const found = [{ plan: 'Pro' }, { plan: 'Team' }, { plan: null }, { plan: 'Pro', budget: 5 }].map((v) => fieldsOf(v))
  const fields = [{ plan: 'Pro' }, { plan: 'Pro' }, { plan: 'Pro' }, { plan: null, budget: 5 }]
  const result = scored(fields.map((known, place) => ({ fields: known, found: found[place] ?? null })))
  const [budget, plan] = result.items
  expect(budget).toMatchObject({ labels: 1, precision: 1, recall: 1, nullAccuracy: null, agreement: 1 })
  expect(plan).toMatchObject({
    ...{ labels: 4, right: 1, wrong: 1, missing: 1, empty: 0, invented: 1 },
    ...{ precision: 1 / 3, recall: 1 / 3, nullAccuracy: 0, agreement: 1 / 4 },
  })
  expect(belowGate(result, 0.25)).toEqual([])
  expect(belowGate(result, 0.9)).toEqual([plan])
})
