import { expect, test } from 'vitest'
import { findShutdowns, shippedPrices } from '../../src/model/index.ts'

const now = new Date('2026-11-26T12:00:00Z')

function shutdowns(models: Record<string, string>, named: [string, number][] = [], at = now, options = {}) {
  return findShutdowns({ profile: { models }, prices: shippedPrices }, at, new Map(named), options)
}

test('a model that is gone, and one that soon will be, with what it answers for and what to do', () => {
  expect(
    shutdowns({ 'gpt-4.1': 'gpt-4.1-nano', '*': 'gpt-5-mini' }, [
      ['gpt-4o', 2],
      ['gpt-4.1', 1],
      ['merge', 0],
    ]),
  ).toEqual([
    {
      model: 'gpt-4.1-nano',
      isOver: true,
      warning:
        'gpt-4.1-nano, which answers for gpt-4.1 of 1 agent, was shut down on 2026-10-23 (known as of 2026-11-21): give it a successor in AFTERWORD_MODELS',
    },
    {
      model: 'gpt-5-mini',
      isOver: false,
      warning:
        'gpt-5-mini, which answers for gpt-4o of 2 agents, merge, is shut down on 2026-12-11, in 15 days (known as of 2026-11-21): give it a successor in AFTERWORD_MODELS',
    },
  ])
})

test.each([
  ['2026-10-11T23:59:00Z', 'is shut down on 2026-12-11, in 61 days', false],
  ['2026-10-12T00:00:00Z', 'is shut down on 2026-12-11, in 60 days', true],
  ['2026-12-10T23:59:59Z', 'is shut down on 2026-12-11, in 1 day ', true],
  ['2026-12-11T00:00:00Z', 'was shut down on 2026-12-11', true],
])('at %s: %s', (at, words, isTold) => {
  const told = shutdowns({ '*': 'gpt-5' }, [], new Date(at)).map(({ warning }) => warning)
  expect(told).toEqual(isTold ? [expect.stringContaining(words)] : [])
})

test('a snapshot goes with its model; what has no day, or is not asked for, is not told', () => {
  expect(shutdowns({ '*': 'gpt-5-2025-08-07' })).toHaveLength(1)
  expect(shutdowns({ '*': 'gpt-6-luna', other: 'llama-4' }, [['gpt-4.1-nano', 3]])).toEqual([])
  const models = { '*': 'gpt-6-luna', 'gpt-4.1': 'gpt-5' }
  expect(shutdowns(models, [['x', 1]], now, { only: true })).toEqual([])
  expect(shutdowns({ a: 'gpt-6-luna' }, [['unmapped', 1]])).toEqual([])
})
