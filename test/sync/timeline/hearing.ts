import { type Voices, voicesOf } from '../../../src/sync/timeline/voices.ts'
import { answer, field, found, linked, release, ruleOf } from './spoken.ts'
import type { Facts, Outline } from './voices-model.ts'

/** Three conversations of one person, a minute apart. */
export const [one, two, three] = [linked('one', 1), linked('two', 2), linked('three', 3)]
export const conversations = [one, two, three]
export const v1 = ruleOf('v1')
export const v2 = ruleOf('v2', { from: ['b'] })
const wonIsYes = {
  field: 'custom_analysis_data',
  key: 'won',
  test: { type: 'string', op: 'eq', value: 'yes' },
} as const
const rules = [
  v1,
  v2,
  ruleOf('never', { retract: 'never' }),
  ruleOf('either', { from: ['a', 'b'] }),
  ruleOf('won', { when: { kind: 'any', conditions: [wonIsYes] } }),
  ruleOf('translated', { values: { hot: 'HOT' } }),
]

/** A rule version of these tests by its hash. */
export function rule(hash: string) {
  const known = rules.find((each) => each.hash === hash)
  if (!known) throw new Error(`no rule ${hash}`)
  return known
}

/** Who speaks for the cell, and what each says. */
export function hear(facts: Partial<Facts>): Outline | null {
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
export function words(facts: Partial<Facts>): Record<string, unknown> | null {
  const says = hear(facts)?.says.map(([id, word]) => [
    id,
    word.says === 'value' ? word.value : `${word.says}: ${word.why}`,
  ])
  return says ? Object.fromEntries(says) : null
}

/** All three have answered, in their order; nothing of it is released yet. */
export const all = [
  answer('one', 1, { a: found('1') }),
  answer('two', 2, { a: found('2') }),
  answer('three', 3, { a: found('3') }),
]
/** What a run released of each of them. */
export const [ofOne, ofTwo, ofThree] = [
  release(one, answer('one', 1, { a: found('1') }), v1),
  release(two, answer('two', 2, { a: found('2') }), v1),
  release(three, answer('three', 3, { a: found('3') }), v1),
]
