import { describe, expect, test } from 'vitest'
import { type Condition, parseFilter } from '../../src/filters/index.ts'

function conditions(input: unknown): Condition[] {
  const parsed = parseFilter(input)
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors))
  return parsed.filter.conditions
}

const noon = Date.UTC(2026, 0, 31, 12)

describe('the grammar of the source product', () => {
  test('its own example is read whole', () => {
    const input = {
      agent: [{ agent_id: 'agent_123', version: [3, 4] }, { agent_id: 'agent_456' }],
      start_timestamp: { type: 'range', op: 'bt', value: [1767225600000, 1769904000000] },
      user_sentiment: { type: 'enum', op: 'in', value: ['Negative'] },
      custom_analysis_data: [{ key: 'lead_status', type: 'present', op: 'np' }],
    }
    expect(parseFilter(input)).toEqual({
      filter: {
        kind: 'any',
        conditions: [
          {
            field: 'agent',
            anyOf: [
              { agentId: 'agent_123', versions: [3, 4] },
              { agentId: 'agent_456', versions: [] },
            ],
          },
          { field: 'start_timestamp', test: { type: 'range', op: 'bt', value: [1767225600000, 1769904000000] } },
          { field: 'user_sentiment', test: { type: 'enum', op: 'in', value: ['Negative'] } },
          { field: 'custom_analysis_data', key: 'lead_status', test: { type: 'present', op: 'np' } },
        ],
      },
    })
  })

  test.each([
    ...['eq', 'ne', 'sw', 'ew', 'co'].map((op) => ({ type: 'string', op, value: '' })),
    ...['eq', 'ne', 'gt', 'ge', 'lt', 'le'].map((op) => ({ type: 'number', op, value: 0 })),
    { type: 'boolean', op: 'eq', value: false },
    { type: 'range', op: 'bt', value: [-1, 0] },
    { type: 'enum', op: 'in', value: ['a "quoted" \\ 🎉'] },
    { type: 'present', op: 'pr' },
    { type: 'present', op: 'np' },
  ])('%j is a test', (wanted) => {
    for (const field of ['metadata', 'dynamic_variables', 'custom_analysis_data', 'custom_attributes']) {
      expect(conditions({ [field]: [{ key: 'k', ...wanted }] })).toEqual([{ field, key: 'k', test: wanted }])
    }
  })

  test.each([
    ['call_id', 'call', 'conversation_id', 'call_1'],
    ['chat_id', 'chat', 'conversation_id', 'chat_1'],
    ['conversation_id', 'any', 'conversation_id', 'call_1'],
    ['call_status', 'call', 'status', 'not_connected'],
    ['chat_status', 'chat', 'status', 'ended'],
    ['status', 'any', 'status', 'ended'],
    ['call_successful', 'call', 'successful', false],
    ['chat_successful', 'chat', 'successful', true],
    ['successful', 'any', 'successful', true],
    ['call_type', 'call', 'type', 'web_call'],
    ['chat_type', 'chat', 'type', 'sms_chat'],
    ['type', 'any', 'type', 'sms_chat'],
    ['direction', 'any', 'direction', 'inbound'],
    ['in_voicemail', 'any', 'in_voicemail', false],
    ['disconnection_reason', 'any', 'disconnection_reason', 'a_new_one'],
    ['user_sentiment', 'any', 'user_sentiment', 'Unknown'],
    ['from_number', 'any', 'from_number', '+4915112345678'],
    ['to_number', 'any', 'to_number', '+4915112345678'],
    ['start_timestamp', 'any', 'start_timestamp', 0],
    ['end_timestamp', 'any', 'end_timestamp', 0],
    ['duration_ms', 'any', 'duration_ms', 0],
    ['combined_cost', 'any', 'combined_cost', 1.5],
    ['agent_tag', 'any', 'agent_tag', 'beta'],
    ['batch_call_id', 'call', 'batch_call_id', 'batch_1'],
    ['data_storage_setting', 'call', 'data_storage_setting', 'everything'],
    ['e2e_latency_p50', 'call', 'e2e_latency_p50', 812.5],
  ])('%s is for %s: %s', (key, kind, field, value) => {
    expect(parseFilter({ [key]: value })).toMatchObject({ filter: { kind, conditions: [{ field, test: { value } }] } })
  })

  test('nothing given is the filter that holds for everything of its kind', () => {
    expect(parseFilter(undefined)).toEqual({ filter: { kind: 'any', conditions: [] } })
    expect(parseFilter(null, { kind: 'chat' })).toEqual({ filter: { kind: 'chat', conditions: [] } })
    expect(parseFilter({ agent: undefined }, { kind: 'call' })).toEqual({ filter: { kind: 'call', conditions: [] } })
  })
})

describe('the shorthand', () => {
  test('a scalar is eq, a list is in, an object is one test per key', () => {
    expect(
      conditions({ direction: 'inbound', status: ['ended', 'error'], duration_ms: { ge: 20_000, lt: 1e6 } }),
    ).toEqual([
      { field: 'direction', test: { type: 'string', op: 'eq', value: 'inbound' } },
      { field: 'status', test: { type: 'enum', op: 'in', value: ['ended', 'error'] } },
      { field: 'duration_ms', test: { type: 'number', op: 'ge', value: 20_000 } },
      { field: 'duration_ms', test: { type: 'number', op: 'lt', value: 1e6 } },
    ])
  })

  test.each([
    [{ eq: 'a' }, { type: 'string', op: 'eq', value: 'a' }],
    [{ ne: 'a' }, { type: 'string', op: 'ne', value: 'a' }],
    [{ sw: 'a' }, { type: 'string', op: 'sw', value: 'a' }],
    [{ ew: 'a' }, { type: 'string', op: 'ew', value: 'a' }],
    [{ co: 'a' }, { type: 'string', op: 'co', value: 'a' }],
    [{ eq: 0 }, { type: 'number', op: 'eq', value: 0 }],
    [{ ne: 0 }, { type: 'number', op: 'ne', value: 0 }],
    [{ gt: 0 }, { type: 'number', op: 'gt', value: 0 }],
    [{ le: 0 }, { type: 'number', op: 'le', value: 0 }],
    [{ eq: false }, { type: 'boolean', op: 'eq', value: false }],
    [false, { type: 'boolean', op: 'eq', value: false }],
    ['', { type: 'string', op: 'eq', value: '' }],
    [{ bt: [1, 1] }, { type: 'range', op: 'bt', value: [1, 1] }],
    [{ in: ['a', 0, false] }, { type: 'enum', op: 'in', value: ['a', '0', 'false'] }],
    [{ present: true }, { type: 'present', op: 'pr' }],
    [{ present: false }, { type: 'present', op: 'np' }],
  ])('a key of metadata takes %j', (wanted, test) => {
    expect(conditions({ metadata: { 'a.b': wanted } })).toEqual([{ field: 'metadata', key: 'a.b', test }])
    expect(conditions({ metadata: { key: wanted } })).toEqual([{ field: 'metadata', key: 'key', test }])
  })

  test('times are ISO dates too', () => {
    const input = { start_timestamp: { ge: '2026-01-31', lt: '2026-01-31T13:00:00+01:00' }, end_timestamp: noon }
    expect(conditions(input).map((condition) => 'test' in condition && condition.test)).toEqual([
      { type: 'number', op: 'ge', value: Date.UTC(2026, 0, 31) },
      { type: 'number', op: 'lt', value: noon },
      { type: 'number', op: 'eq', value: noon },
    ])
    expect(conditions({ start_timestamp: { type: 'range', op: 'bt', value: ['2026-01-31', noon] } })).toMatchObject([
      { test: { value: [Date.UTC(2026, 0, 31), noon] } },
    ])
  })

  test('an agent is its id, or several', () => {
    const one = { agentId: 'agent_1', versions: [] }
    expect(conditions({ agent: 'agent_1' })).toEqual([{ field: 'agent', anyOf: [one] }])
    expect(conditions({ agent: ['agent_1', { agent_id: 'agent_2', version: [0] }] })).toEqual([
      { field: 'agent', anyOf: [one, { agentId: 'agent_2', versions: [0] }] },
    ])
  })

  test('one spelled-out test of a key may stand without its list', () => {
    const entry = { key: 'plan', type: 'string', op: 'eq', value: 'pro' }
    expect(conditions({ metadata: entry })).toEqual(conditions({ metadata: [entry] }))
  })
})
