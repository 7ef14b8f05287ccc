import { describe, expect, test } from 'vitest'
import { voicesOf } from '../../../src/sync/timeline/voices.ts'
import { all, hear, ofOne, ofTwo, one, rule, words } from './hearing.ts'
import { answer, correction, field, found, release, ruleOf, without } from './spoken.ts'
import type { Facts } from './voices-model.ts'

describe('which answer is in force', () => {
  const releases = [ofOne]
  const conversations = [one]

  test.each<[string, Facts['answers'], unknown]>([
    [
      'the newest by run, in whatever order they were stored',
      [answer('one', 7, { a: found('new') }), answer('one', 3, { a: found('old') })],
      'new',
    ],
    [
      'a newer nothing withdraws',
      [answer('one', 3, { a: found('old') }), answer('one', 7, { a: without('declined') })],
      'nothing: declined',
    ],
    [
      'blank text is nothing',
      [answer('one', 3, { a: found('old') }), answer('one', 7, { a: found(' ') })],
      'nothing: blank',
    ],
    ['0 is a word', [answer('one', 3, { a: found(5) }), answer('one', 7, { a: found(0) })], 0],
    ['false is a word', [answer('one', 3, { a: found(true) }), answer('one', 7, { a: found(false) })], false],
    ['a newer failure leaves the older', [answer('one', 3, { a: found('old') }), answer('one', 7, null)], 'old'],
    [
      'so does a rerun that did not ask',
      [answer('one', 3, { a: found('old') }), answer('one', 7, { b: found('x') })],
      'old',
    ],
    ['so does a refusal', [answer('one', 3, { a: found('old') }), answer('one', 7, { a: without('refused') })], 'old'],
    [
      'so does an invalid answer',
      [answer('one', 3, { a: found('old') }), answer('one', 7, { a: without('invalid') })],
      'old',
    ],
    [
      'so does an unverified one',
      [answer('one', 3, { a: found('old') }), answer('one', 7, { ...{ a: { ...found('x'), status: 'unverified' } } })],
      'old',
    ],
    [
      'an older nothing stays in force behind a silent one',
      [answer('one', 3, { a: without('not_mentioned') }), answer('one', 7, null)],
      'nothing: not_mentioned',
    ],
    [
      'where all are silent, the newest says why',
      [answer('one', 3, null), answer('one', 7, { a: without('refused') })],
      'silent: refused',
    ],
    [
      "another conversation's answer is none of its own",
      [answer('two', 7, { a: found('2') })],
      'silent: never_analysed',
    ],
  ])('%s', (_, answers, expected) => expect(words({ conversations, answers, releases })).toEqual({ one: expected }))

  test('under retract: never, a newer nothing leaves the older value', () => {
    const answers = [answer('one', 3, { a: found('old') }), answer('one', 7, { a: without('not_mentioned') })]
    const [first] = answers
    expect(words({ conversations, answers, releases: first ? [release(one, first, rule('never'))] : [] })).toEqual({
      one: 'old',
    })
  })
})

describe("a person's correction", () => {
  const conversations = [one]
  const answers = [answer('one', 1, { a: found('model'), won: found('yes') })]
  const released = (hash: string) => answers.map((each) => release(one, each, rule(hash)))

  test.each<[string, string, Facts['corrections'], unknown]>([
    ['wins over a newer answer', 'v1', [correction('one', 0, 'person')], 'person'],
    ['the newest by run wins', 'v1', [correction('one', 8, 'new'), correction('one', 7, 'old')], 'new'],
    ['0 is a correction', 'v1', [correction('one', 5, 0)], 0],
    ['to no value withdraws', 'v1', [correction('one', 5, null)], 'nothing: blank'],
    ['to no value withdraws under retract: never too', 'never', [correction('one', 5, null)], 'nothing: blank'],
    ['of an item that the rule does not read changes nothing', 'v1', [correction('one', 5, 'x', 'b')], 'model'],
    ['of another conversation changes nothing', 'v1', [correction('two', 5, 'x')], 'model'],
    ['of a second item that the rule reads stands for it', 'either', [correction('one', 5, 'person', 'b')], 'person'],
    ['is translated like an answer', 'translated', [correction('one', 5, 'hot')], 'HOT'],
    ['is conditioned by what the analysis found', 'won', [correction('one', 5, 'person')], 'person'],
    ['of what the condition reads decides it', 'won', [correction('one', 5, 'no', 'won')], 'nothing: condition'],
  ])('%s', (_, hash, corrections, expected) => {
    const releases =
      hash === 'translated' ? [release(one, answer('one', 1, { a: found('hot') }), rule(hash))] : released(hash)
    expect(words({ conversations, answers, corrections, releases })).toEqual({ one: expected })
  })

  test('needs no answer beside it', () => {
    expect(words({ conversations, corrections: [correction('one', 5, 'person')], releases: [ofOne] })).toEqual({
      one: 'person',
    })
  })

  test('releases nothing', () => {
    const corrections = [correction('one', 5, 'person')]
    expect(hear({ answers: all, corrections })).toBeNull()
    expect(words({ answers: all, corrections, releases: [ofTwo] })).toEqual({ two: '2', three: '3' })
  })
})

describe('several rules of one field', () => {
  const calls = ruleOf('calls', { from: ['a'] })
  const chats = ruleOf('chats', { from: ['b'] })
  const ruleByHash = (hash: string) => (hash === 'calls' ? calls : chats)
  const trace = {
    field,
    at: 0,
    startedAt: 0,
    conversationId: '',
    value: 'settled',
    rule: 'calls',
    beside: ['chats'],
    wasNamed: true,
  }

  test('are all kept by what was settled, though the run that named it is undone', () => {
    const facts = { conversations: [one], answers: [], corrections: [], releases: [], ruleByHash }
    expect(voicesOf(field, { ...facts, traces: [{ ...trace, releases: [] }] })?.rules).toEqual([calls, chats])
  })

  test.each([[['calls', 'chats']], [['chats', 'calls']]])(
    'of one run are the same whichever release comes first: %s',
    (order) => {
      const releases = order.map((rule, index) => ({
        conversationId: index === 0 ? 'one' : 'two',
        mapping: 'sales',
        runId: 7,
        vals: { [field]: { says: 'value' as const, value: rule, rule, beside: order.filter((each) => each !== rule) } },
      }))
      const facts = { conversations: [one], answers: [], corrections: [], releases, ruleByHash }
      expect(voicesOf(field, facts)?.rule.hash).toBe('calls')
      const [first, second] = releases.map(({ runId, vals }) => ({ runId, ...vals[field] }))
      const traces = [first, second].map((each) => ({
        ...trace,
        value: null,
        rule: null,
        beside: [],
        releases: each ? [each] : [],
      }))
      expect(voicesOf(field, { ...facts, releases: [], traces })?.rules).toEqual([calls, chats])
    },
  )
})
