import { describe, expect, test } from 'vitest'
import { matches, parseFilter, type Subject } from '../../src/filters/index.ts'

const subject: Subject = {
  kind: 'call',
  agent_id: 'agent_1',
  agent_version: 3,
  conversation_id: 'call_1',
  status: 'ended',
  successful: false,
  type: 'phone_call',
  direction: 'inbound',
  from_number: '+4915112345678',
  duration_ms: 0,
  start_timestamp: Date.UTC(2026, 0, 31),
  disconnection_reason: null,
  metadata: {
    text: 'It\'s "quoted" \\ 50%_off 🎉',
    blank: '',
    score: '12.50',
    zero: 0,
    no: false,
    nothing: null,
    list: ['a'],
    object: { a: 1 },
    wordy: '12 points',
  },
}

function holds(input: unknown, over: Partial<Subject> = {}): boolean {
  const parsed = parseFilter(input)
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors))
  return matches(parsed.filter, { ...subject, ...over })
}

describe('conditions', () => {
  test('on tool calls: each holds where one call passes all of it, whichever', () => {
    const tool_calls = [
      { name: 'search', success: true, latency_ms: 900 },
      { name: 'book', success: false },
    ]
    expect(holds({ tool_calls: { name: 'book', success: false } }, { tool_calls })).toBe(true)
    expect(holds({ tool_calls: { name: 'book', success: true } }, { tool_calls })).toBe(false)
    expect(holds({ tool_calls: [{ name: 'book' }, { latency_ms: { ge: 900 } }] }, { tool_calls })).toBe(true)
    expect(holds({ tool_calls: { name: { ne: 'book' } } }, { tool_calls: [] })).toBe(false)
    expect(holds({ tool_calls: [] }, { tool_calls: [] })).toBe(true)
  })

  test('all of them hold, or the filter does not', () => {
    expect(holds({ direction: 'inbound', duration_ms: { le: 0 } })).toBe(true)
    expect(holds({ direction: 'inbound', duration_ms: { lt: 0 } })).toBe(false)
    expect(holds({})).toBe(true)
  })

  test('a filter for calls never matches a chat, whatever else holds', () => {
    expect(holds({ call_status: 'ended' })).toBe(true)
    expect(holds({ chat_status: 'ended' })).toBe(false)
    expect(holds({ call_status: { present: false } }, { kind: 'chat', status: null })).toBe(false)
    expect(holds({ status: 'ended' }, { kind: 'chat' })).toBe(true)
  })

  test('any of the agents, in any of its versions', () => {
    expect(holds({ agent: ['agent_0', 'agent_1'] })).toBe(true)
    expect(holds({ agent: 'agent_0' })).toBe(false)
    expect(holds({ agent: [{ agent_id: 'agent_1', version: [2, 3] }] })).toBe(true)
    expect(holds({ agent: [{ agent_id: 'agent_1', version: [2] }] })).toBe(false)
    expect(holds({ agent: [{ agent_id: 'agent_1', version: [0] }] }, { agent_version: null })).toBe(false)
    expect(holds({ agent: 'agent_1' }, { agent_version: null })).toBe(true)
  })
})

const absent = ['nothing', 'never_set', 'constructor']

describe('tests of one value', () => {
  test.each<[string, unknown, boolean]>([
    ['text', 'It\'s "quoted" \\ 50%_off 🎉', true],
    ['text', 'it\'s "quoted" \\ 50%_off 🎉', false],
    ['text', { ne: 'other' }, true],
    ['text', { sw: 'It\'s "' }, true],
    ['text', { sw: 'it' }, false],
    ['text', { ew: '🎉' }, true],
    ['text', { ew: 'off' }, false],
    ['text', { co: '\\ 50%_' }, true],
    ['text', { co: '%off' }, false],
    ['text', { co: '' }, true],
    ['text', { present: true }, true],
    ['text', { present: false }, false],
    ['blank', '', true],
    ['blank', { present: true }, true],
    ['blank', { eq: 0 }, false],
    ['score', 12.5, true],
    ['score', '12.5', false],
    ['score', { ne: 12.5 }, false],
    ['score', { gt: 12.5 }, false],
    ['score', { ge: 12.5 }, true],
    ['score', { lt: 12.6 }, true],
    ['score', { le: 12 }, false],
    ['score', { bt: [12.5, 13] }, true],
    ['score', { bt: [12, 12.5] }, true],
    ['score', { bt: [13, 14] }, false],
    ['wordy', { gt: 0 }, false],
    ['wordy', { ne: 12 }, true],
    ['zero', 0, true],
    ['zero', '0', true],
    ['zero', ['0'], true],
    ['zero', { present: true }, true],
    ['zero', false, false],
    ['no', false, true],
    ['no', 'false', true],
    ['no', [false, 1], true],
    ['no', 0, false],
    ['no', { present: true }, true],
    ['list', { present: true }, true],
    ['list', 'a', false],
    ['list', { co: 'a' }, false],
    ['list', ['a'], false],
    ['list', { ne: 'a' }, true],
    ['object', { present: true }, true],
    ['object', { ne: 1 }, true],
  ])('metadata.%s %j: %s', (key, wanted, result) => expect(holds({ metadata: { [key]: wanted } })).toBe(result))

  test.each([{ ne: 'a' }, { ne: 1 }, { present: false }])('no value passes %j', (wanted) => {
    for (const key of absent) expect(holds({ metadata: { [key]: wanted } })).toBe(true)
    expect(holds({ metadata: { a: wanted } }, { metadata: {} })).toBe(true)
  })

  test.each(['', { co: '' }, { sw: '' }, ['a'], 0, { le: 1e9 }, { bt: [-1, 1] }, false, { present: true }])(
    'no value does not pass %j',
    (wanted) => {
      for (const key of absent) expect(holds({ metadata: { [key]: wanted } })).toBe(false)
      expect(holds({ dynamic_variables: { a: wanted } })).toBe(false)
    },
  )

  test('plain fields are compared the same way', () => {
    expect(holds({ disconnection_reason: { ne: 'user_hangup' } })).toBe(true)
    expect(holds({ disconnection_reason: { present: false }, end_timestamp: { present: false } })).toBe(true)
    expect(holds({ successful: false })).toBe(true)
    expect(holds({ successful: false }, { successful: null })).toBe(false)
    expect(holds({ status: ['ongoing', 'ended'] })).toBe(true)
    expect(holds({ start_timestamp: { ge: '2026-01-31', lt: '2026-02-01' } })).toBe(true)
    expect(holds({ from_number: { sw: '+49' } })).toBe(true)
  })
})
