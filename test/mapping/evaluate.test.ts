import { describe, expect, test } from 'vitest'
import { parseFilter } from '../../src/filters/index.ts'
import { evaluate, type FieldValue, type Rule, type Value } from '../../src/mapping/index.ts'
import { answered, nothing, plain, silent, spoken, value } from './saying.ts'

function when(input: unknown): Rule['when'] {
  const parsed = parseFilter(input)
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors))
  return parsed.filter
}

describe('what an answer says', () => {
  test.each<[string, FieldValue, object]>([
    ['text', answered('two "quoted" \\ words'), value('two "quoted" \\ words')],
    ['0', answered(0), value(0)],
    ['false', answered(false), value(false)],
    ['a list', answered(['a', 'b']), value(['a', 'b'])],
    ['an empty list', answered([]), nothing('blank')],
    ['empty text', answered(''), nothing('blank')],
    ['blank text', answered(' \n\t'), nothing('blank')],
    ['null', answered(null), nothing('blank')],
    ['not_mentioned', answered(null, 'not_mentioned'), nothing('not_mentioned')],
    ['declined', answered(null, 'declined'), nothing('declined')],
    ['ambiguous', answered('maybe', 'ambiguous'), nothing('ambiguous')],
    ['refused', answered(null, 'refused'), silent('refused')],
    ['invalid', answered('a', 'invalid'), silent('invalid')],
    ['unverified', answered('a', 'unverified'), silent('unverified')],
  ])('%s', (_, field, says) => expect(evaluate(plain, spoken, { a: field })).toEqual(says))

  test('an unverified value is said where the rule writes such values, and blank ones are still none', () => {
    const rule: Rule = { ...plain, unverified: 'write' }
    expect(evaluate(rule, spoken, { a: answered('a', 'unverified') })).toEqual(value('a'))
    expect(evaluate(rule, spoken, { a: answered('', 'unverified') })).toEqual(nothing('blank'))
  })

  test('an item that was not asked for says nothing at all', () => {
    expect(evaluate(plain, spoken, {})).toEqual(silent('not_asked'))
    expect(evaluate({ ...plain, from: ['constructor'] }, spoken, {})).toEqual(silent('not_asked'))
  })

  test('a failed analysis is silent, whatever the rule', () => {
    expect(evaluate(plain, spoken, null)).toEqual(silent('failed'))
    expect(evaluate({ ...plain, from: ['$ended_at'] }, spoken, null)).toEqual(silent('failed'))
    expect(evaluate({ ...plain, when: when({ direction: 'inbound' }) }, spoken, null)).toEqual(silent('failed'))
  })
})

describe('several names in from', () => {
  const rule: Rule = { ...plain, from: ['a', 'b', 'c'], unverified: 'write' }
  test.each<[string, Record<string, FieldValue>, object]>([
    ['the first that the analysis has', { b: answered('b'), c: answered('c') }, value('b')],
    ['rather one that is found', { a: answered(null, 'not_mentioned'), c: answered('c') }, value('c')],
    ['rather a found one than an unverified', { a: answered('a', 'unverified'), c: answered(0) }, value(0)],
    [
      'rather an unverified one than none',
      { a: answered(null, 'refused'), c: answered('c', 'unverified') },
      value('c'),
    ],
    ['else the first', { b: answered(null, 'declined'), c: answered(null, 'refused') }, nothing('declined')],
  ])('%s', (_, fields, says) => expect(evaluate(rule, spoken, fields)).toEqual(says))
})

describe('facts', () => {
  test.each([
    ['$ended_at', value('2026-03-01T10:00:00.000Z')],
    ['$duration_s', value(0)],
    ['$disconnection_reason', nothing('blank')],
  ])('%s needs no item', (fact, says) => expect(evaluate({ ...plain, from: [fact] }, spoken, {})).toEqual(says))

  test('a fact is translated like an answer', () => {
    const rule: Rule = { ...plain, from: ['$direction'], values: { inbound: 'In' } }
    expect(evaluate(rule, spoken, {})).toEqual(value('In'))
  })
})

describe('agents', () => {
  test('a conversation of another agent is silent, before anything else is looked at', () => {
    const rule: Rule = { ...plain, agents: ['agent_2'] }
    expect(evaluate(rule, spoken, null)).toEqual(silent('agent'))
    expect(evaluate({ ...rule, agents: ['agent_2', 'agent_1'] }, spoken, { a: answered('a') })).toEqual(value('a'))
  })
})

describe('when', () => {
  const fields = { a: answered('a') }
  test.each<[string, unknown, Record<string, FieldValue>, object]>([
    [
      'that holds lets the answer through',
      { call_type: 'phone_call', duration_ms: { ge: 20_000 } },
      fields,
      value('a'),
    ],
    ['that fails says nothing', { duration_ms: { gt: 20_000 } }, fields, nothing('condition')],
    ['for chats fails on a call', { chat_status: 'ended' }, fields, nothing('condition')],
    [
      'on an item that was not found fails',
      { user_sentiment: 'Positive' },
      { ...fields, user_sentiment: answered(null, 'not_mentioned') },
      nothing('condition'),
    ],
    [
      'on an item without a trustworthy answer is silent',
      { call_successful: true },
      { ...fields, call_successful: answered(null, 'refused') },
      silent('condition_unknown'),
    ],
    [
      'on an item that was not asked for is silent, even where absence would pass',
      { custom_analysis_data: { budget: { ne: 3 } } },
      fields,
      silent('condition_unknown'),
    ],
    [
      'that fails for another reason fails, whatever is unknown',
      { user_sentiment: 'Positive', direction: 'outbound' },
      fields,
      nothing('condition'),
    ],
  ])('%s', (_, condition, answers, says) => {
    expect(evaluate({ ...plain, when: when(condition) }, spoken, answers)).toEqual(says)
  })

  test('an untrustworthy answer is not believed where the conversation repeats it', () => {
    const rule: Rule = { ...plain, when: when({ custom_analysis_data: { budget: { ge: 3 } } }) }
    const subject = { ...spoken.subject, custom_analysis_data: { budget: 1 } }
    const answers = { ...fields, budget: answered(1, 'unverified') }
    expect(evaluate(rule, { ...spoken, subject }, answers)).toEqual(silent('condition_unknown'))
    expect(evaluate(rule, { ...spoken, subject }, { ...fields, budget: answered(1) })).toEqual(nothing('condition'))
  })

  test('an item that this analysis lacks is read from the conversation', () => {
    const rule: Rule = { ...plain, when: when({ user_sentiment: ['Positive'], custom_analysis_data: { budget: 0 } }) }
    const subject = { ...spoken.subject, user_sentiment: 'Positive', custom_analysis_data: { budget: 0 } }
    expect(evaluate(rule, { ...spoken, subject }, fields)).toEqual(value('a'))
  })
})

describe('values', () => {
  const values: Rule['values'] = {
    true: 'Yes',
    false: 0,
    0: false,
    '': 'blank',
    gone: null,
    empty: ' ',
    many: ['m', 'n'],
  }
  test.each<[Value, object]>([
    [true, value('Yes')],
    [false, value(0)],
    [0, value(false)],
    ['many', value(['m', 'n'])],
    ['gone', nothing('mapped_to_null')],
    ['empty', nothing('mapped_to_null')],
    ['', nothing('blank')],
    ['Gone', silent('not_translated')],
    ['toString', silent('not_translated')],
    [['true', 'gone', 'many'], value(['Yes', 'm', 'n'])],
    [['gone'], nothing('mapped_to_null')],
    [['true', 'other'], silent('not_translated')],
  ])('%j', (heard, says) => expect(evaluate({ ...plain, values }, spoken, { a: answered(heard) })).toEqual(says))
})

describe('default', () => {
  const values = { a: 'A', gone: null }
  test.each<[string, Value, Value, object]>([
    ['stands for what the table does not name', 'other', 'Other', value('Other')],
    ['not for what it names', 'a', 'Other', value('A')],
    ['not for what it names to be nothing', 'gone', 'Other', nothing('mapped_to_null')],
    ['not for blank text', ' ', 'Other', nothing('blank')],
    ['of null writes nothing', 'other', null, nothing('mapped_to_null')],
    ['can be 0', 'other', 0, value(0)],
    ['can be false', 'other', false, value(false)],
    ['can be a list', 'other', ['x', 'y'], value(['x', 'y'])],
    ['holds for each entry of a list', ['a', 'b', 'gone', 'c'], 'Other', value(['A', 'Other', 'Other'])],
    ['of null drops entries of a list', ['a', 'b'], null, value(['A'])],
    ['of null leaves nothing of a list', ['b', 'c'], null, nothing('mapped_to_null')],
    ['holds for names that every object has', 'constructor', 'Other', value('Other')],
  ])('%s', (_, heard, other, says) => {
    expect(evaluate({ ...plain, values, default: other }, spoken, { a: answered(heard) })).toEqual(says)
  })

  test('is no answer where there is none', () => {
    const rule: Rule = { ...plain, values, default: 'Other' }
    expect(evaluate(rule, spoken, {})).toEqual(silent('not_asked'))
    expect(evaluate(rule, spoken, { a: answered(null, 'declined') })).toEqual(nothing('declined'))
  })
})

describe('retract: never', () => {
  const rule: Rule = { ...plain, retract: 'never' }
  test('turns every nothing into silence that says why', () => {
    expect(evaluate(rule, spoken, { a: answered(null, 'not_mentioned') })).toEqual(silent('not_mentioned'))
    expect(evaluate(rule, spoken, { a: answered('') })).toEqual(silent('blank'))
    expect(evaluate({ ...rule, values: { a: null } }, spoken, { a: answered('a') })).toEqual(silent('mapped_to_null'))
    expect(evaluate({ ...rule, when: when({ direction: 'outbound' }) }, spoken, {})).toEqual(silent('condition'))
  })

  test('leaves values and silence as they are', () => {
    expect(evaluate(rule, spoken, { a: answered(false) })).toEqual(value(false))
    expect(evaluate(rule, spoken, { a: answered(null, 'refused') })).toEqual(silent('refused'))
  })
})

describe('max_length', () => {
  test.each<[number, Value, Value]>([
    [5, 'short', 'short'],
    [5, 'longer', 'long…'],
    [5, 'a b cdef', 'a b…'],
    [1, 'longer', '…'],
    [4, 'ab🎉cd', 'ab…'],
    [5, 'ab🎉cd', 'ab🎉…'],
    [2, '🎉🎉', '…'],
    [1, 1234, 1234],
    [1, ['long', 'entries'], ['long', 'entries']],
  ])('%i of %j is %j', (maxLength, heard, said) => {
    expect(evaluate({ ...plain, maxLength }, spoken, { a: answered(heard) })).toEqual({ says: 'value', value: said })
  })

  test('cuts 70 kB to the length exactly, after the translation', () => {
    const rule: Rule = { ...plain, maxLength: 1000, values: { a: 'x'.repeat(70_000) } }
    expect(evaluate(rule, spoken, { a: answered('a') })).toEqual(value(`${'x'.repeat(999)}…`))
  })
})
