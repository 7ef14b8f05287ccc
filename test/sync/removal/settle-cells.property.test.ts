import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fold, type Mode, type Rule, type Value } from '../../../src/mapping/index.ts'
import { nothingReleased, saidBy } from '../../../src/sync/plan-cell.ts'
import { type Left, settleCells } from '../../../src/sync/removal/settle-cells.ts'
import type { Trace } from '../../../src/sync/timeline/types.ts'
import { voicesOf } from '../../../src/sync/timeline/voices.ts'
import { answer, field, found, linked, release, ruleOf } from '../timeline/spoken.ts'

type Facts = Parameters<typeof settleCells>[0]

const modes: Mode[] = ['overwrite', 'fill_if_empty', 'max', 'min', 'any', 'union', 'count', 'merge']
const words: Record<Mode, (number: number) => Exclude<Value, null>> = {
  overwrite: (number) => `word ${number}`,
  fill_if_empty: (number) => `word ${number}`,
  max: (number) => number,
  min: (number) => number,
  any: (number) => number % 2 === 0,
  union: (number) => [`option ${number}`],
  count: (number) => number % 3 !== 0,
  merge: (number) => `word ${number}`,
}
const ids = ['a', 'ab', 'abc', 'b', 'ba', 'c', 'd']

/** Conversations of one record, many of them at the very same times, and what runs found and released. */
const anyStory = fc.record({
  mode: fc.constantFrom(...modes),
  nextMode: fc.constantFrom('same' as const, 'overwrite' as const),
  existing: fc.constantFrom('dated' as const, 'replace' as const),
  times: fc.uniqueArray(
    fc.record({
      id: fc.constantFrom(...ids),
      at: fc.integer({ min: 0, max: 2 }),
      startedAt: fc.integer({ min: 0, max: 1 }),
    }),
    { selector: ({ id }) => id, minLength: 1 },
  ),
  runs: fc.array(
    fc.record({
      id: fc.constantFrom(...ids),
      number: fc.nat(5),
      finds: fc.constantFrom('value', 'value', 'nothing'),
      names: fc.constantFrom(true, true, false),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  going: fc.subarray(ids),
  goingLater: fc.subarray(ids),
  edit: fc.option(fc.record({ at: fc.integer({ min: 0, max: 2 }), number: fc.nat(5) })),
  after: fc.constantFrom('nothing', 'a later call', 'an earlier one is named'),
})
type Story = typeof anyStory extends fc.Arbitrary<infer T> ? T : never

function rulesOf({ mode, nextMode, existing }: Story): [Rule, Rule] {
  const first = ruleOf('first', { mode, existing })
  const isText = mode === 'fill_if_empty'
  return [first, ruleOf('second', { mode: nextMode === 'overwrite' && isText ? 'overwrite' : mode, existing })]
}

function factsOf(story: Story): Facts {
  const [rule, second] = rulesOf(story)
  const conversations = story.times.map(({ id, at, startedAt }) => linked(id, at, { startedAt }))
  const known = new Set(story.times.map(({ id }) => id))
  const runs = story.runs.filter(({ id }) => known.has(id))
  const answers = runs.map(({ id, number, finds }, index) =>
    answer(id, index + 1, {
      a: finds === 'value' ? found(words[story.mode](number)) : { value: null, status: 'not_mentioned', evidence: [] },
    }),
  )
  const naming = answers.filter((_, index) => runs[index]?.names)
  const releases = naming.map((each) => release(linked(each.conversationId, 0), each, rule))
  const ruleByHash = (hash: string) => (hash === 'second' ? second : rule)
  return { conversations, answers, corrections: [], releases, traces: [], ruleByHash }
}

/** The facts once these conversations are gone, and what each has left is stored. */
function withoutThem(facts: Facts, going: ReadonlySet<string>): Facts {
  const left = settleCells(facts, going, () => undefined).map(toTrace)
  const isThere = (each: { conversationId: string }) => !going.has(each.conversationId)
  return {
    ...facts,
    conversations: facts.conversations.filter(isThere),
    answers: facts.answers.filter(isThere),
    releases: facts.releases.filter(isThere),
    traces: [...facts.traces, ...left],
  }
}

function toTrace({ place, releases, ...left }: Left): Trace {
  return { ...left, conversationId: place, releases, wasNamed: releases.length > 0 }
}

/** Something happens afterwards, the same in both worlds, under the newest version of the rule. */
function goOn(facts: Facts, story: Story, first: string | undefined): Facts {
  const [, second] = rulesOf(story)
  if (story.after === 'nothing') return facts
  const later = linked('e', 9)
  const speaker =
    story.after === 'a later call' ? later : facts.conversations.find((one) => one.conversationId === first)
  if (!speaker) return facts
  const said = answer(speaker.conversationId, 90, { a: found(words[story.mode](4)) })
  return {
    ...facts,
    conversations: story.after === 'a later call' ? [...facts.conversations, later] : facts.conversations,
    answers: [...facts.answers, said],
    releases: [...facts.releases, release(speaker, said, second)],
  }
}

function cell(facts: Facts, { edit, mode }: Story): Value {
  const voices = voicesOf(field, facts)
  const value = edit && words[mode](edit.number)
  const edits = edit
    ? [{ kind: 'edited' as const, at: edit.at, value: value ?? null, by: 'person' as const, atLatest: false }]
    : []
  // What a text would be made of tells as much as the text.
  const said = saidBy(voices, () => undefined)
  return fold([...edits, ...said], voices?.rule ?? nothingReleased, (hash) => hash).value
}

test('whatever is settled, at once or one after another: the cell holds the same, then and after what comes next', () => {
  let settled = 0
  fc.assert(
    fc.property(anyStory, (story) => {
      const facts = factsOf(story)
      const taking = new Set(voicesOf(field, facts)?.voices.map(({ linked }) => linked.conversationId))
      // One that does not take part leaves nothing: it is as if it had never been.
      const gone = new Set([...story.going, ...story.goingLater])
      const conversations = facts.conversations.filter(({ conversationId: id }) => taking.has(id) || !gone.has(id))
      const whole = { ...facts, conversations }
      const once = withoutThem(whole, new Set(story.going))
      const twice = withoutThem(once, new Set(story.goingLater))
      settled += twice.traces.filter((trace) => trace.value !== null).length
      expect(cell(twice, story)).toEqual(cell(whole, story))
      const earliest = twice.conversations[0]?.conversationId
      expect(cell(goOn(twice, story, earliest), story)).toEqual(cell(goOn(whole, story, earliest), story))
    }),
    { numRuns: 5_000 },
  )
  expect(settled).toBeGreaterThan(3_000)
})

test('what is left names nobody: of an id no more than tells it from others of the very same times', () => {
  const rule = ruleOf('first')
  const story = (times: [string, number][]) => {
    const conversations = times.map(([id, at]) => linked(id, at))
    const answers = times.map(([id], index) => answer(id, index + 1, { a: found('x') }))
    const releases = answers.map((each) => release(linked(each.conversationId, 0), each, rule))
    const facts = { conversations, answers, corrections: [], releases, traces: [], ruleByHash: () => rule }
    return settleCells(facts, new Set(times.map(([id]) => id)), () => undefined).map(({ place }) => place)
  }
  expect(story([['call_of_zoe', 1]])).toEqual([''])
  expect(
    story([
      ['call_of_zoe', 1],
      ['call_of_max', 2],
    ]),
  ).toEqual(['', ''])
  expect(
    story([
      ['call_of_zoe', 1],
      ['call_of_max', 1],
    ]).sort(),
  ).toEqual(['', 'c'])
})
