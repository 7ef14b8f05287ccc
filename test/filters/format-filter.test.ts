import { expect, test } from 'vitest'
import { formatFilter, parseFilter } from '../../src/filters/index.ts'

test.each<[unknown, string]>([
  [{}, 'all calls and chats'],
  [{ call_type: 'phone_call', duration_ms: { ge: 20000 } }, 'calls with type = "phone_call" and duration_ms ≥ 20000'],
  [{ chat_status: ['ended', 'error'] }, 'chats with status in "ended", "error"'],
  [
    { agent: [{ agent_id: 'agent_1', version: [3, 4] }, { agent_id: 'agent_2' }] },
    'calls and chats with agent agent_1 v3 v4 or agent_2',
  ],
  [
    { start_timestamp: { bt: ['2026-01-31', '2026-02-01T10:00:00Z'] }, end_timestamp: { lt: 9e15 } },
    'calls and chats with start_timestamp from 2026-01-31 to 2026-02-01T10:00:00Z and end_timestamp < 9000000000000000',
  ],
  [
    { metadata: { plan: { ne: 'a "b" \\' }, seats: { gt: 0, le: 5 }, trial: false, old: { present: false } } },
    'calls and chats with metadata.plan ≠ "a \\"b\\" \\\\" and metadata.seats > 0 and metadata.seats ≤ 5 and metadata.trial = false and metadata.old is absent',
  ],
  [
    { from_number: { sw: '+49', co: '151', ew: '8', present: true } },
    'calls and chats with from_number starts with "+49" and from_number contains "151" and from_number ends with "8" and from_number is present',
  ],
  [
    { tool_calls: [{ name: 'book', success: false }, { latency_ms: { gt: 500 } }] },
    'calls and chats with a tool call with name = "book", success = false and a tool call with latency_ms > 500',
  ],
])('%j', (input, line) => {
  const parsed = parseFilter(input)
  expect('filter' in parsed && formatFilter(parsed.filter)).toBe(line)
})

test('the kind alone is a filter', () => {
  expect(formatFilter({ kind: 'chat', conditions: [] })).toBe('all chats')
})
