import fc from 'fast-check'
import type { Condition, Filter, KeyedField, ScalarField, Test } from '../../src/filters/index.ts'
import type { FieldValue } from '../../src/mapping/index.ts'

/** Few values, so that tests hit, and the ones that tell careless code apart. */
export const words = [
  '',
  'a',
  'A',
  'ab',
  'b%',
  '_',
  'ä',
  '👋',
  "'",
  '\\',
  '5',
  '5.0',
  '-12.50',
  '1e3',
  ' 5',
  'true',
  'false',
  'null',
  '٣',
  'ok',
  'refused',
]
export const numbers = [0, 1, 5, 5.5, -12.5, 1_700_000_000_000, 1_700_000_000_001, 1e9]
const keys = ['a', 'b', '0', 'constructor', "it's", 'null']

const word = fc.constantFrom(...words)
const number = fc.constantFrom(...numbers)
const jsonValue = fc.oneof(word, number, fc.boolean(), fc.constant(null), fc.constant([]), fc.constant({ a: 5 }))
const plain = fc.dictionary(fc.constantFrom(...keys), jsonValue, { maxKeys: 4 })
const time = fc.option(fc.constantFrom(0, 5, 1_700_000_000_000, 1_700_000_000_001, 253_402_300_799_999))

/** A tool that was called, and mostly what it gave back. */
const toolEntries = fc
  .record({
    asked: fc.record(
      {
        name: word,
        tool_call_id: fc.constantFrom('t1', 't2', 't3'),
        type: fc.oneof(word, jsonValue),
        created_timestamp: fc.constantFrom(5, 10),
      },
      { requiredKeys: [] },
    ),
    given: fc.option(
      fc.record(
        { successful: fc.oneof(fc.boolean(), jsonValue), created_timestamp: fc.constantFrom(5, 6, 1000) },
        { requiredKeys: [] },
      ),
    ),
  })
  .map(({ asked, given }) => [
    { role: 'tool_call_invocation', ...asked },
    ...(given ? [{ role: 'tool_call_result', tool_call_id: asked.tool_call_id, content: '', ...given }] : []),
  ])
const entries = fc
  .array(toolEntries, { maxLength: 3 })
  .map((lists) => [{ role: 'user', content: 'a' }, ...lists.flat()])

export const call = fc.record({
  agent_id: fc.constantFrom('agent_a', 'agent_b'),
  agent_version: fc.option(fc.constantFrom(0, 1)),
  call_type: fc.option(fc.constantFrom('phone_call', 'web_call')),
  call_status: fc.constantFrom('ended', 'error', 'ongoing'),
  direction: fc.option(fc.constantFrom('inbound', 'outbound')),
  disconnection_reason: fc.option(word),
  from_number: fc.option(word),
  to_number: fc.option(word),
  start_timestamp: time,
  end_timestamp: time,
  duration_ms: fc.option(fc.constantFrom(0, 1, 5)),
  metadata: plain,
  retell_llm_dynamic_variables: plain,
  custom_attributes: fc.oneof(plain, fc.constant(null), fc.constant(['a'])),
  call_cost: fc.oneof(fc.record({ combined_cost: jsonValue }), fc.constant('free')),
  transcript_with_tool_calls: entries,
  agent_tag: fc.option(word),
  batch_call_id: fc.oneof(jsonValue, fc.constant(undefined)),
  data_storage_setting: fc.option(fc.constantFrom('everything', 'basic_attributes_only')),
  latency: fc.oneof(fc.record({ e2e: fc.oneof(fc.record({ p50: jsonValue }), word) }), fc.constant([])),
  call_analysis: fc.oneof(fc.record({ in_voicemail: jsonValue }), fc.constant(undefined)),
})
export const chat = fc.record({
  agent_id: fc.constantFrom('chat_a'),
  chat_status: fc.constantFrom('ended', 'ongoing'),
  start_timestamp: time,
  end_timestamp: time,
  metadata: plain,
  message_with_tool_calls: entries,
  agent_tag: jsonValue,
  chat_cost: fc.record({ combined_cost: number }),
})

const fieldValue: fc.Arbitrary<FieldValue> = fc.record({
  value: fc.oneof(word, number, fc.boolean(), fc.constant(null), fc.constant<string[]>(['a'])),
  status: fc.constantFrom('found', 'not_mentioned'),
  evidence: fc.constant([]),
})
export const fields: fc.Arbitrary<Record<string, FieldValue>> = fc.dictionary(
  fc.constantFrom(...keys, 'user_sentiment', 'call_successful', 'chat_successful'),
  fieldValue,
)

const testOfValue: fc.Arbitrary<Test> = fc.oneof(
  fc.record({
    type: fc.constant('string'),
    op: fc.constantFrom('eq', 'ne', 'sw', 'ew', 'co'),
    value: fc.oneof(word, fc.constant('a\0')),
  }),
  fc.record({
    type: fc.constant('number'),
    op: fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le'),
    value: fc.oneof(number, fc.constantFrom(0.5, -1, 1e300, -1e300, 253_402_300_799_999)),
  }),
  fc.record({ type: fc.constant('boolean'), op: fc.constant('eq'), value: fc.boolean() }),
  fc.record({ type: fc.constant('range'), op: fc.constant('bt'), value: fc.tuple(number, number) }),
  fc.record({ type: fc.constant('enum'), op: fc.constant('in'), value: fc.array(word, { maxLength: 3 }) }),
  fc.record({ type: fc.constant('present'), op: fc.constantFrom('pr', 'np') }),
)
export const scalarFields: ScalarField[] = [
  'conversation_id',
  'status',
  'successful',
  'type',
  'direction',
  'in_voicemail',
  'disconnection_reason',
  'user_sentiment',
  'analysis_outcome',
  'from_number',
  'to_number',
  'start_timestamp',
  'end_timestamp',
  'duration_ms',
  'combined_cost',
  'agent_tag',
  'batch_call_id',
  'data_storage_setting',
  'e2e_latency_p50',
]
export const keyedFields: KeyedField[] = ['metadata', 'dynamic_variables', 'custom_analysis_data', 'custom_attributes']
const condition: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ field: fc.constantFrom(...scalarFields), test: testOfValue }) },
  {
    weight: 6,
    arbitrary: fc.record({ field: fc.constantFrom(...keyedFields), key: fc.constantFrom(...keys), test: testOfValue }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      field: fc.constant('tool_calls' as const),
      tests: fc.array(
        fc.record({ part: fc.constantFrom('name', 'type', 'success', 'latency_ms'), test: testOfValue }),
        { minLength: 1, maxLength: 2 },
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      field: fc.constant('agent' as const),
      anyOf: fc.array(
        fc.record({
          agentId: fc.constantFrom('agent_a', 'agent_b', 'chat_a', 'nobody'),
          versions: fc.array(fc.constantFrom(0, 1, 7, 1e12), { maxLength: 2 }),
        }),
        { maxLength: 2 },
      ),
    }),
  },
)
export const filter: fc.Arbitrary<Filter> = fc.record({
  kind: fc.constantFrom('any', 'call', 'chat'),
  conditions: fc.array(condition, { maxLength: 2 }),
})
