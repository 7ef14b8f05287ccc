import { describe, expect, test } from 'vitest'
import { compileItems } from '../../src/analysis/compile-items.ts'
import { checkEvidence } from '../../src/analysis/evidence.ts'
import type { FieldValue, Value } from '../../src/mapping/index.ts'
import { budget, company, configOf, due, hobbies, isOwner, plan, rooms, said, visit } from './sample.ts'

const config = configOf(company, budget, plan, isOwner, due, visit, hobbies, rooms)
const items = new Map(compileItems(config, 'call').map((item) => [item.name, item]))
const turns = said(
  'agent',
  'Would Pro do?',
  'user',
  'Yes. We are Müller & Söhne, with 0 employees.',
  'user',
  'Bye "now".',
)

function check(name: string, value: Value, ...evidence: [turn: number, quote: string][]): FieldValue {
  const item = items.get(name)
  if (!item) throw new Error(`no item ${name}`)
  const field: FieldValue = { value, status: 'found', evidence: evidence.map(([turn, quote]) => ({ turn, quote })) }
  return checkEvidence(item, field, turns)
}

describe('text and numbers', () => {
  test('stand with a quote from the turn it is cited for', () => {
    expect(check('company', 'Müller & Söhne', [2, 'we are müller söhne'])).toMatchObject({ status: 'found' })
    expect(check('budget', 0, [2, 'with 0 employees'])).toMatchObject({ status: 'found', value: 0 })
  })

  test.each<[string, [number, string][], string]>([
    ['without evidence', [], 'no_evidence'],
    ['with a fabricated quote', [[2, 'We are Acme Incorporated']], 'quote_not_in_turn'],
    ['with a true quote from the wrong turn', [[3, 'We are Müller & Söhne']], 'quote_not_in_turn'],
    ['with an empty quote', [[2, '']], 'quote_not_in_turn'],
    [
      'with turns that do not exist',
      [
        [0, 'Yes'],
        [4, 'Yes'],
        [-1, 'Yes'],
        [1e9, 'Yes'],
      ],
      'no_such_turn',
    ],
  ])('%s are unverified, with their value and the reason', (_, evidence, reason) => {
    expect(check('company', 'Acme', ...evidence)).toMatchObject({ status: 'unverified', value: 'Acme', reason })
  })

  test('keep only the evidence that is true', () => {
    expect(check('company', 'Müller', [9, 'Müller'], [2, 'Müller'], [1, 'Müller']).evidence).toEqual([
      { turn: 2, quote: 'Müller' },
    ])
  })
})

describe('days, times and lists of texts', () => {
  test.each<[string, Value]>([
    ['due', '2026-03-05'],
    ['visit', '2026-03-05T15:00:00.000Z'],
    ['hobbies', ['tea']],
  ])('%s stands with a true quote, whatever the value, and with nothing less', (name, value) => {
    expect(check(name, value, [3, 'Bye now'])).toMatchObject({ status: 'found', value })
    expect(check(name, value, [3, ''])).toMatchObject({ status: 'unverified', reason: 'quote_not_in_turn' })
    expect(check(name, value)).toMatchObject({ status: 'unverified', reason: 'no_evidence' })
  })

  test('a list of choices stands with a turn', () => {
    expect(check('rooms', ['hall'], [2, ''])).toMatchObject({ status: 'found' })
    expect(check('rooms', ['hall'], [9, ''])).toMatchObject({ status: 'unverified', reason: 'no_such_turn' })
  })
})

describe('choices and booleans', () => {
  test('stand with a turn that exists; a quote that is not there is dropped', () => {
    expect(check('plan', 'pro', [1, ''])).toMatchObject({ status: 'found', evidence: [{ turn: 1, quote: '' }] })
    expect(check('is_owner', false, [2, 'I own it'])).toMatchObject({
      status: 'found',
      value: false,
      evidence: [{ turn: 2, quote: '' }],
    })
  })

  test('are unverified without one', () => {
    expect(check('plan', 'pro')).toMatchObject({ status: 'unverified', reason: 'no_evidence' })
    expect(check('is_owner', false, [7, 'Yes'])).toMatchObject({ status: 'unverified', reason: 'no_such_turn' })
  })
})

test('judgements of the whole conversation need no proof, and keep none that is false', () => {
  expect(check('call_summary', 'They talked.')).toEqual({ value: 'They talked.', status: 'found', evidence: [] })
  expect(check('user_sentiment', 'Neutral', [3, 'Bye now'], [1, 'I hate you'])).toMatchObject({
    status: 'found',
    evidence: [{ turn: 3, quote: 'Bye now' }],
  })
})

test('what was not found is left as it is', () => {
  const declined: FieldValue = { value: null, status: 'declined', evidence: [{ turn: 99, quote: 'no' }] }
  const item = items.get('company')
  expect(item && checkEvidence(item, declined, turns)).toBe(declined)
})
