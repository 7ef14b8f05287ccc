import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FieldValue, Rule } from '../../../src/mapping/index.ts'
import { voicesOf } from '../../../src/sync/timeline/voices.ts'
import { answer, correction, field, linked, release, ruleOf } from './spoken.ts'
import { type Facts, modelOfVoices, type Outline } from './voices-model.ts'

const ids = ['a', 'b', 'c', 'd']
const won = { field: 'custom_analysis_data', key: 'won', test: { type: 'string', op: 'eq', value: 'yes' } } as const
const rules: Rule[] = [
  ruleOf('plain'),
  ruleOf('either', { from: ['b', 'a'], unverified: 'write' }),
  ruleOf('never', { retract: 'never' }),
  ruleOf('won', { when: { kind: 'any', conditions: [won] } }),
  ruleOf('moved', { mapping: 'support' }),
]

const value = fc.constantFrom('x', 'yes', '', '😀', 0, false, null)
const fieldValue = fc.record<FieldValue>({
  value,
  status: fc.constantFrom('found', 'found', 'not_mentioned', 'declined', 'refused', 'invalid', 'unverified'),
  evidence: fc.constant([]),
})
const fields = fc.option(fc.record({ a: fieldValue, b: fieldValue, won: fieldValue }, { requiredKeys: [] }))
const runIds = fc.integer({ min: 1, max: 8 })

/** Random runs over few conversations of two mappings, corrections among them, everything stored in any order. */
const anyFacts: fc.Arbitrary<Facts> = fc
  .record({
    links: fc.uniqueArray(
      fc.record({
        id: fc.constantFrom(...ids),
        mapping: fc.constantFrom('sales', 'sales', 'support'),
        triedBy: fc.constantFrom(['sales'], ['support'], ['sales', 'support']),
        at: fc.integer({ min: 0, max: 3 }),
        startedAt: fc.integer({ min: 0, max: 2 }),
      }),
      { selector: ({ id }) => id },
    ),
    answers: fc.uniqueArray(
      fc.record({
        id: fc.constantFrom(...ids),
        runId: runIds,
        fields,
        isReleased: fc.boolean(),
      }),
      { selector: ({ id, runId }) => `${id} ${runId}`, maxLength: 8 },
    ),
    // A run decides with one version of the rule, whatever it names.
    versions: fc.array(fc.constantFrom(...rules), { minLength: 9, maxLength: 9 }),
    corrections: fc.uniqueArray(
      fc.record({ id: fc.constantFrom(...ids), item: fc.constantFrom('a', 'b', 'won'), value, runId: runIds }),
      { selector: ({ id, item, runId }) => `${id} ${item} ${runId}`, maxLength: 3 },
    ),
  })
  .map(({ links, answers, versions, corrections }) => {
    const conversations = links.map(({ id, at, ...link }) =>
      linked(id, at, { ...link, triedBy: [...link.triedBy, link.mapping] }),
    )
    const released = answers.filter(({ isReleased }) => isReleased)
    return {
      conversations,
      answers: answers.map(({ id, runId, fields }) => answer(id, runId, fields)),
      corrections: corrections.map(({ id, runId, value, item }) => correction(id, runId, value, item)),
      releases: released.map(({ id, runId, fields }) =>
        release(linked(id, 0), answer(id, runId, fields), versions[runId] ?? ruleOf('plain')),
      ),
      ruleByHash: (hash) => rules.find((rule) => rule.hash === hash) ?? ruleOf('unknown'),
    }
  })

function heard(facts: Facts): Outline | null {
  const voices = voicesOf(field, facts)
  return (
    voices && {
      rule: voices.rule.hash,
      says: voices.voices.map((voice) => [voice.linked.conversationId, voice.says]),
      stayOut: voices.stayOut,
    }
  )
}

test('whatever was run, corrected and released: voices are what the independent model hears', () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      expect(heard(facts)).toEqual(modelOfVoices(field, facts))
    }),
    { numRuns: 3000 },
  )
})

test('the order in which anything was stored does not matter', () => {
  const twoOrders = anyFacts.chain((facts) =>
    fc.tuple(
      fc.constant(facts),
      fc.record({
        conversations: shuffled(facts.conversations),
        answers: shuffled(facts.answers),
        corrections: shuffled(facts.corrections),
        releases: shuffled(facts.releases),
        ruleByHash: fc.constant(facts.ruleByHash),
      }),
    ),
  )
  fc.assert(
    fc.property(twoOrders, ([facts, stored]) => {
      expect(heard(stored)).toEqual(heard(facts))
    }),
    { numRuns: 2000 },
  )
})

function shuffled<T>(all: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...all], { minLength: all.length })
}
