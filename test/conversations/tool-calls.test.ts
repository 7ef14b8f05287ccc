import { expect, test } from 'vitest'
import { toolCallsOf } from '../../src/conversations/tool-calls.ts'
import type { Turn } from '../../src/conversations/types.ts'

const asked = (name: string, id: string, more: Partial<Turn> = {}): Turn => ({
  role: 'tool_call_invocation',
  content: '',
  at: null,
  name,
  ...more,
  extra: { tool_call_id: id, ...more.extra },
})
const given = (id: string, successful: unknown, at: number | null = null): Turn => ({
  role: 'tool_call_result',
  content: '{}',
  at,
  extra: { tool_call_id: id, successful },
})

test('a call is told with its result, wherever that stands; what is not known is left out', () => {
  const turns: Turn[] = [
    asked('search', 't1', { at: 1000, extra: { type: 'custom' } }),
    asked('book', 't2'),
    { role: 'user', content: 'Hello?', at: 1200 },
    given('t2', false),
    given('t1', true, 1750),
    asked('end_call', 't3'),
  ]
  expect(toolCallsOf(turns)).toEqual([
    { name: 'search', type: 'custom', success: true, latency_ms: 750 },
    { name: 'book', success: false },
    { name: 'end_call' },
  ])
})

test('what a vendor sends in other shapes is not taken for an answer', () => {
  expect(toolCallsOf([asked('a', 't1', { extra: { type: 5 } }), given('t1', 'yes'), given('t9', true)])).toEqual([
    { name: 'a' },
  ])
})
