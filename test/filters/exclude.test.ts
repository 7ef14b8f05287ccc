import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exclude, type Filter, matches, parseFilter, type Subject, type Test } from '../../src/filters/index.ts'
import { filter, numbers, words } from '../conversations/random-conversations.ts'

function filterOf(input: object): Filter {
  const parsed = parseFilter(input)
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors))
  return parsed.filter
}

test.each<[boolean, object, object]>([
  [true, { call_status: 'ended' }, { chat_status: 'ended' }],
  [true, { call_type: 'phone_call' }, { call_type: 'web_call' }],
  [true, { direction: { in: ['inbound'] } }, { direction: { ne: 'inbound' } }],
  [false, { direction: 'inbound' }, { direction: { in: ['inbound', 'outbound'] } }],
  [true, { call_successful: true }, { call_successful: false }],
  [true, { duration_ms: { ge: 20000 } }, { duration_ms: { lt: 20000 } }],
  [false, { duration_ms: { ge: 20000 } }, { duration_ms: { le: 20000 } }],
  [true, { duration_ms: { gt: 20000 } }, { duration_ms: { bt: [5, 20000] } }],
  [true, { metadata: { tier: 'gold' } }, { metadata: { tier: { sw: 's' } } }],
  [false, { metadata: { tier: 'gold' } }, { metadata: { region: 'north' } }],
  [true, { metadata: { tier: { sw: 'go' } } }, { metadata: { tier: { sw: 'si' } } }],
  [false, { metadata: { tier: { sw: 'go' } } }, { metadata: { tier: { sw: 'gold' } } }],
  [true, { metadata: { tier: { ew: 'er' } } }, { metadata: { tier: { ew: 'ld' } } }],
  [false, { metadata: { tier: { ew: 'old' } } }, { metadata: { tier: { ew: 'ld' } } }],
  [false, { metadata: { tier: { sw: 'go' } } }, { metadata: { tier: { ew: 'er' } } }],
  [true, { duration_ms: { eq: 20000 } }, { duration_ms: { ne: 20000 } }],
  [true, { duration_ms: { bt: [5, 5] } }, { duration_ms: { ne: 5 } }],
  [false, { duration_ms: { eq: 20000 } }, { duration_ms: { ne: 5 } }],
  [false, { duration_ms: { bt: [5, 6] } }, { duration_ms: { ne: 5 } }],
  // The number passes both, the text that it is written as only one.
  [false, { metadata: { score: { in: [1e21] } } }, { metadata: { score: { ge: 5 } } }],
  [false, { metadata: { score: '1e-7' } }, { metadata: { score: { lt: 5 } } }],
  [true, { metadata: { score: { in: [1e21] } } }, { metadata: { score: { lt: 5 } } }],
  [true, { metadata: { tier: { present: true } } }, { metadata: { tier: { present: false } } }],
  [true, { metadata: { tier: 'gold' } }, { metadata: { tier: { present: false } } }],
  [false, { metadata: { tier: { ne: 'gold' } } }, { metadata: { tier: { present: false } } }],
  [true, { agent: [{ agent_id: 'a' }] }, { agent: [{ agent_id: 'b' }] }],
  [false, { agent: [{ agent_id: 'a', version: [1] }] }, { agent: [{ agent_id: 'a' }] }],
  [true, { agent: [{ agent_id: 'a', version: [1] }] }, { agent: [{ agent_id: 'a', version: [2] }] }],
  [false, { tool_calls: { name: 'book' } }, { tool_calls: { name: 'search' } }],
  [false, {}, {}],
])('%s: %j and %j', (expected, a, b) => {
  expect([exclude(filterOf(a), filterOf(b)), exclude(filterOf(b), filterOf(a))]).toEqual([expected, expected])
})

test('what excludes each other is passed by no conversation, either way round', () => {
  const scalar = fc.option(fc.oneof(fc.constantFrom(...words), fc.constantFrom(...numbers), fc.boolean()))
  const subject: fc.Arbitrary<Subject> = fc.record({
    kind: fc.constantFrom('call', 'chat'),
    agent_id: fc.constantFrom('agent_a', 'agent_b', 'chat_a'),
    agent_version: fc.option(fc.constantFrom(0, 1, 7)),
    direction: scalar,
    duration_ms: scalar,
    metadata: fc.dictionary(fc.constantFrom('a', 'b'), scalar),
  })
  // Aimed at a few places, so that two filters often speak of the same one.
  const place = fc.constantFrom(
    { field: 'direction' as const },
    { field: 'duration_ms' as const },
    { field: 'metadata' as const, key: 'a' },
  )
  const aimed = fc.tuple(filter, place).map(([{ kind, conditions }, at]): Filter => {
    const tests = conditions.flatMap((each): Test[] => ('test' in each ? [each.test] : []))
    return { kind, conditions: tests.map((test) => ({ ...at, test })) }
  })
  let excluded = 0
  fc.assert(
    fc.property(
      fc.oneof(aimed, filter),
      fc.oneof(aimed, filter),
      fc.array(subject, { minLength: 20 }),
      (a, b, subjects) => {
        expect(exclude(b, a)).toBe(exclude(a, b))
        if (!exclude(a, b)) return
        excluded += 1
        expect(subjects.filter((each) => matches(a, each) && matches(b, each))).toEqual([])
      },
    ),
    { numRuns: 3000 },
  )
  expect(excluded).toBeGreaterThan(300)
})
