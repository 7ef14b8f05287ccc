import { describe, expect, test } from 'vitest'
import { type Voices, voicesOf } from '../../../src/sync/timeline/voices.ts'
import { answer, correction, field, found, linked, release, ruleOf, without } from './spoken.ts'
import type { Facts, Outline } from './voices-model.ts'

const [one, two, three] = [linked('one', 1), linked('two', 2), linked('three', 3)]
const conversations = [one, two, three]
const v1 = ruleOf('v1')
const v2 = ruleOf('v2', { from: ['b'] })
const onlyWon = { kind: 'any' as const, conditions: [wonIs('yes')] }
const rules = [
  v1,
  v2,
  ruleOf('never', { retract: 'never' }),
  ruleOf('either', { from: ['a', 'b'] }),
  ruleOf('won', { when: onlyWon }),
  ruleOf('translated', { values: { hot: 'HOT' } }),
]

function wonIs(value: string) {
  return { field: 'custom_analysis_data', key: 'won', test: { type: 'string', op: 'eq', value } } as const
}

function rule(hash: string) {
  const known = rules.find((each) => each.hash === hash)
  if (!known) throw new Error(`no rule ${hash}`)
  return known
}

function hear(facts: Partial<Facts>): Outline | null {
  return outline(
    voicesOf(field, { conversations, answers: [], corrections: [], releases: [], ruleByHash: rule, ...facts }),
  )
}

function outline(voices: Voices | null): Outline | null {
  if (voices === null) return null
  return {
    rule: voices.rule.hash,
    says: voices.voices.map((voice) => [voice.linked.conversationId, voice.says]),
    stayOut: voices.stayOut,
  }
}

/** What each conversation that takes part says, in short: a value, or why there is none. */
function words(facts: Partial<Facts>): Record<string, unknown> | null {
  const says = hear(facts)?.says.map(([id, word]) => [
    id,
    word.says === 'value' ? word.value : `${word.says}: ${word.why}`,
  ])
  return says ? Object.fromEntries(says) : null
}

const all = [
  answer('one', 1, { a: found('1') }),
  answer('two', 2, { a: found('2') }),
  answer('three', 3, { a: found('3') }),
]
const [ofOne, ofTwo, ofThree] = [
  release(one, answer('one', 1, { a: found('1') }), v1),
  release(two, answer('two', 2, { a: found('2') }), v1),
  release(three, answer('three', 3, { a: found('3') }), v1),
]

describe('who takes part', () => {
  test('nobody, where nothing is released', () => expect(hear({ answers: all })).toBeNull())

  test('everyone at or after the earliest that a run named, in the order in which they took place', () => {
    expect(words({ answers: all, releases: [ofThree, ofTwo] })).toEqual({ two: '2', three: '3' })
    expect(hear({ conversations: [three, one, two], answers: all, releases: [ofOne] })?.says.map(([id]) => id)).toEqual(
      ['one', 'two', 'three'],
    )
  })

  test('a later one that no run named, with the answer it has', () => {
    expect(words({ answers: all, releases: [ofOne] })).toEqual({ one: '1', two: '2', three: '3' })
    expect(words({ answers: [], releases: [ofTwo] })).toEqual({
      two: 'silent: never_analysed',
      three: 'silent: never_analysed',
    })
  })

  test('earlier ones stay out, counted, until a run names them', () => {
    expect(hear({ answers: all, releases: [ofThree] })?.stayOut).toBe(2)
    expect(hear({ answers: all, releases: [ofThree, ofOne] })?.stayOut).toBe(0)
  })

  test('one run undone leaves what another still needs', () => {
    const again = release(one, answer('one', 5, { a: found('1') }), v1)
    expect(words({ answers: all, releases: [ofTwo, again] })).toHaveProperty('one', '1')
    expect(words({ answers: all, releases: [ofTwo] })).not.toHaveProperty('one')
  })

  test('a silent answer releases nothing', () => {
    const silent = release(one, answer('one', 9, null), v1)
    expect(hear({ answers: all, releases: [silent] })).toBeNull()
    expect(hear({ answers: all, releases: [silent, ofThree] })?.stayOut).toBe(2)
  })

  test('an answer of nothing releases, for it was asked', () => {
    const nothing = answer('one', 9, { a: without('not_mentioned') })
    expect(
      words({
        answers: [nothing, all[1], all[2]].flatMap((each) => each ?? []),
        releases: [release(one, nothing, v1)],
      }),
    ).toEqual({
      one: 'nothing: not_mentioned',
      two: '2',
      three: '3',
    })
  })

  test('at one time of the last word the start orders them, then the id', () => {
    const same = [linked('c', 5), linked('b', 5), linked('a', 5, { startedAt: 10 * 60_000 })]
    const heard = hear({
      conversations: same,
      releases: same.map((each) => release(each, answer(each.conversationId, 1, { a: found('x') }), v1)),
    })
    expect(heard?.says.map(([id]) => id)).toEqual(['b', 'c', 'a'])
  })

  test('nobody, where the named conversation has moved to another record', () => {
    expect(hear({ conversations: [two, three], answers: all, releases: [ofOne] })).toBeNull()
  })

  test('nobody by the link of another mapping', () => {
    expect(
      words({ conversations: [linked('one', 1, { mapping: 'support' }), two], answers: all, releases: [ofTwo] }),
    ).toEqual({ two: '2' })
  })

  test('other fields of the mapping release nothing here', () => {
    expect(
      voicesOf('another', { conversations, answers: all, corrections: [], releases: [ofOne], ruleByHash: rule }),
    ).toBeNull()
  })
})

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

describe('the rule version', () => {
  const answers = [
    answer('one', 1, { a: found('A1'), b: found('B1') }),
    answer('two', 2, { a: found('A2'), b: found('B2') }),
  ]
  const conversations = [one, two]
  const by = (each: typeof one, runId: number, rule: typeof v1) =>
    release(each, answer(each.conversationId, runId, { a: found('A'), b: found('B') }), rule)

  test('is the newest among the releases by run, and evaluates every contribution again', () => {
    const facts = { conversations, answers, releases: [by(two, 4, v2), by(one, 3, v1)] }
    expect(hear(facts)?.rule).toBe('v2')
    expect(words(facts)).toEqual({ one: 'B1', two: 'B2' })
  })

  test('goes back when the newest release is undone', () => {
    expect(words({ conversations, answers, releases: [by(one, 3, v1)] })).toEqual({ one: 'A1', two: 'A2' })
  })

  test('is not taken from a release that says nothing of the cell', () => {
    const silent = release(two, answer('two', 9, null), v2)
    expect(hear({ conversations, answers, releases: [by(one, 3, v1), silent] })?.rule).toBe('v1')
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
