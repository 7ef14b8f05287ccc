import { describe, expect, test } from 'vitest'
import { type Filter, type FilterError, parseFilter } from '../../src/filters/index.ts'

function errors(input: unknown, kind: Filter['kind'] = 'any'): FilterError[] {
  const parsed = parseFilter(input, { kind })
  return 'errors' in parsed ? parsed.errors : []
}

describe('calls and chats', () => {
  test('a key of calls and one of chats cannot both hold', () => {
    expect(errors({ call_status: 'ended', chat_type: 'sms_chat' })).toEqual([
      { path: ['chat_type'], message: 'a key of chats, but this filter is for calls' },
    ])
  })

  test('where chats are filtered, a key of calls is a mistake', () => {
    expect(errors({ call_status: 'ended', chat_type: 'sms_chat' }, 'chat')).toEqual([
      { path: ['call_status'], message: 'a key of calls, but this filter is for chats' },
    ])
  })
})

describe('mistakes', () => {
  test.each<[unknown, (string | number)[], string]>([
    ['inbound', [], 'expected an object of conditions, such as { "direction": "inbound" }'],
    [[], [], 'expected an object of conditions, such as { "direction": "inbound" }'],
    [{ call_statuss: 'ended' }, ['call_statuss'], 'unknown key "call_statuss"; did you mean "call_status"?'],
    [{ Direction: 'inbound' }, ['Direction'], 'unknown key "Direction"; did you mean "direction"?'],
    [{ tool_calls: 'book' }, ['tool_calls'], 'expected an object with some of: name, type, latency_ms, success'],
    [{ tool_calls: [{}] }, ['tool_calls', 0], 'expected an object with some of: name, type, latency_ms, success'],
    [{ tool_calls: [{ nam: 'a' }] }, ['tool_calls', 0, 'nam'], 'unknown key "nam"; did you mean "name"?'],
    [{ tool_calls: [{ success: 'no' }] }, ['tool_calls', 0, 'success'], 'expected true or false'],
    [
      { data_storage_setting: 'all' },
      ['data_storage_setting'],
      '"all" is none of: everything, everything_except_pii, basic_attributes_only',
    ],
    [{ direction: null }, ['direction'], 'expected a value; "has none" is written { present: false }'],
    [{ direction: {} }, ['direction'], 'expected text, a list of texts, or eq, ne, sw, ew, co, in, present'],
    [{ direction: [] }, ['direction'], 'expected a list of at least one value'],
    [{ direction: 'inbond' }, ['direction'], '"inbond" is none of: inbound, outbound; did you mean "inbound"?'],
    [{ direction: ['outbound', 'x'] }, ['direction', 1], '"x" is none of: inbound, outbound'],
    [
      { direction: { gt: 1 } },
      ['direction', 'gt'],
      'expected text, a list of texts, or eq, ne, sw, ew, co, in, present',
    ],
    [{ direction: { eqq: 'a' } }, ['direction', 'eqq'], 'unknown test "eqq"; did you mean "eq"?'],
    [{ direction: { present: 'yes' } }, ['direction', 'present'], 'expected true or false'],
    [{ from_number: 4915112345678 }, ['from_number'], 'expected text: put the number in quotes'],
    [{ from_number: { co: true } }, ['from_number', 'co'], 'expected text'],
    [{ in_voicemail: 'true' }, ['in_voicemail'], 'expected true or false'],
    [{ in_voicemail: [true] }, ['in_voicemail'], 'expected true, false or present'],
    [{ duration_ms: '20000' }, ['duration_ms'], 'expected a number'],
    [{ duration_ms: Number.NaN }, ['duration_ms'], 'expected a number'],
    [{ duration_ms: [1, 2] }, ['duration_ms'], 'expected a number, or eq, ne, gt, ge, lt, le, bt, present'],
    [{ duration_ms: { bt: [2, 1] } }, ['duration_ms', 'bt'], 'expected the lower end first: [from, to]'],
    [{ duration_ms: { bt: [1] } }, ['duration_ms', 'bt'], 'expected two numbers: [from, to]'],
    [{ duration_ms: { bt: [1, 'x'] } }, ['duration_ms', 'bt', 1], 'expected a number'],
    ...['yesterday', '2026-02-30', '2026-01-31T10:00:00', 'Jan 31 2026'].map((time): [unknown, string[], string] => [
      { start_timestamp: time },
      ['start_timestamp'],
      'expected epoch milliseconds or an ISO date: 2026-01-31, 2026-01-31T10:00:00Z',
    ]),
    [{ metadata: { a: { ne: true } } }, ['metadata', 'a', 'ne'], 'expected one of: eq'],
    [{ metadata: { a: [null] } }, ['metadata', 'a', 0], 'expected text'],
    [{ metadata: 'a' }, ['metadata'], 'expected { name: value } or a list of { key, type, op, value }'],
    [
      { metadata: [{ type: 'present', op: 'np' }] },
      ['metadata', 0],
      'expected { key, type, op, value } with the name of the field as key',
    ],
    [{ status: { type: 'enumm', op: 'in' } }, ['status', 'type'], 'unknown type "enumm"; did you mean "enum"?'],
    [{ status: { type: 'string', op: 'in', value: 'a' } }, ['status', 'op'], 'expected one of: eq, ne, sw, ew, co'],
    [{ status: { type: 'string', op: 'sw' } }, ['status', 'value'], 'expected text'],
    [
      { status: { type: 'number', op: 'eq', value: 1 } },
      ['status', 'type'],
      'expected text, a list of texts, or eq, ne, sw, ew, co, in, present',
    ],
    [
      { status: { type: 'present', op: 'pr', value: true } },
      ['status', 'value'],
      'unknown key "value"; known: type, op',
    ],
    [{ agent: [] }, ['agent'], 'expected at least one agent; leave "agent" out for all'],
    [{ agent: [7] }, ['agent', 0], 'expected an agent id or { agent_id, version: [3, 4] }'],
    [{ agent: [{ id: 'agent_1' }] }, ['agent', 0, 'agent_id'], 'expected the id of an agent'],
    [
      { agent: [{ agent_id: 'a', version: ['latest'] }] },
      ['agent', 0, 'version'],
      'expected whole numbers from 0: [3, 4]',
    ],
    [
      { agent: { agent_id: 'a', versions: [1] } },
      ['agent', 'versions'],
      'unknown key "versions"; did you mean "version"?',
    ],
  ])('%j', (input, path, message) => expect(errors(input)).toContainEqual({ path, message }))

  test('all come at once', () => {
    const input = { directon: 'inbound', status: { sw: 1, foo: 2 }, tool_calls: 'a', metadata: [{ key: 'a' }, {}] }
    expect(errors(input).map(({ path }) => path.join('.'))).toEqual([
      'directon',
      'status.sw',
      'status.foo',
      'tool_calls',
      'metadata.0',
      'metadata.1',
    ])
  })

  test('a name nothing like a known one is answered with all of them', () => {
    expect(errors({ zzz: 1 })[0]?.message).toMatch(
      /^unknown key "zzz"; known: agent, conversation_id, call_id, .*custom_attributes, tool_calls$/,
    )
  })
})
