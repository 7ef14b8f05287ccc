import { describe, expect, test } from 'vitest'
import { voicesOf } from '../../../src/sync/timeline/voices.ts'
import { all, conversations, hear, ofOne, ofThree, ofTwo, one, rule, three, two, v1, v2, words } from './hearing.ts'
import { answer, found, linked, release, without } from './spoken.ts'

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

  test('by the link of another mapping where its own has not looked yet, once each', () => {
    const elsewhere = { mapping: 'support', triedBy: ['support', 'old'] }
    const twice = [linked('one', 1, elsewhere), linked('one', 1, { ...elsewhere, mapping: 'old' }), two]
    const released = release(one, answer('one', 1, { a: found('1') }), v1)
    expect(words({ conversations: twice, answers: all, releases: [released] })).toEqual({ one: '1', two: '2' })
  })

  test('other fields of the mapping release nothing here', () => {
    expect(
      voicesOf('another', { conversations, answers: all, corrections: [], releases: [ofOne], ruleByHash: rule }),
    ).toBeNull()
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
