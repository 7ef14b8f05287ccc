import { describe, expect, test } from 'vitest'
import { compileItems } from '../../src/analysis/compile-items.ts'
import { toCallAnalysis } from '../../src/analysis/index.ts'
import { failMissingRequired, verdictOf } from '../../src/analysis/verdict.ts'
import type { FieldStatus, FieldValue, Value } from '../../src/mapping/index.ts'
import { budget, company, configOf, hobbies } from './sample.ts'

function field(value: Value, status: FieldStatus = 'found'): FieldValue {
  return { value, status, evidence: [] }
}

describe('a required item', () => {
  const items = compileItems(configOf({ ...budget, required: true }, company), 'call')
  const succeeded = { call_successful: field(true), company: field(null, 'not_mentioned') }

  test.each<FieldStatus>(['not_mentioned', 'ambiguous', 'declined'])(
    'that is %s makes the call unsuccessful',
    (status) => {
      const fields = failMissingRequired('call', items, { ...succeeded, budget: field(null, status) })
      expect(fields.call_successful).toMatchObject({
        value: false,
        status: 'found',
        reason: 'required_missing: budget',
      })
      expect(verdictOf('call', fields).successful).toBe(false)
    },
  )

  test('of a chat makes the chat unsuccessful, and its condition is not asked', () => {
    const wanted = { ...hobbies, required: true, conditional_prompt: 'the user speaks of leisure' }
    const items = compileItems(configOf(wanted), 'chat')
    expect(items.find(({ name }) => name === 'hobbies')).toMatchObject({ required: true, condition: null })
    const fields = { chat_successful: field(true), hobbies: field(null, 'not_mentioned') }
    expect(failMissingRequired('chat', items, fields).chat_successful).toMatchObject({ value: false })
  })

  test.each<FieldStatus>(['found', 'invalid', 'unverified', 'refused'])('that is %s changes nothing', (status) => {
    const fields = { ...succeeded, budget: field(0, status) }
    expect(failMissingRequired('call', items, fields)).toEqual(fields)
  })
})

test('the verdict is what was found, and null where it was not', () => {
  const fields = { call_successful: field(false), user_sentiment: field('Negative') }
  expect(verdictOf('call', fields)).toEqual({ successful: false, sentiment: 'Negative' })
  expect(verdictOf('chat', fields)).toEqual({ successful: null, sentiment: 'Negative' })
  expect(verdictOf('call', { call_successful: field(null, 'invalid') })).toEqual({ successful: null, sentiment: null })
})

test('the source product is given found values only, presets apart from custom data', () => {
  const fields: [string, FieldValue][] = [
    ['call_summary', field('Booked "it" 👋')],
    ['call_successful', field(false)],
    ['user_sentiment', field(null, 'invalid')],
    ['budget', field(0)],
    ['company', field('Acme', 'unverified')],
    ['plan', field(null, 'not_mentioned')],
    ['__proto__', field('x')],
  ]
  expect(JSON.stringify(toCallAnalysis('call', Object.fromEntries(fields)))).toBe(
    '{"call_summary":"Booked \\"it\\" 👋","call_successful":false,"custom_analysis_data":{"budget":0,"__proto__":"x"}}',
  )
  expect(toCallAnalysis('chat', {})).toEqual({ custom_analysis_data: {} })
})
