import { expect, test } from 'vitest'
import { type Accepted, acceptRetell } from '../../src/conversations/index.ts'
import { sampleCall, sampleChat } from './samples.ts'

const options = { now: new Date('2026-11-21T12:00:00Z'), defaultCountry: 'US' }

function accepted(input: unknown): Accepted {
  const result = acceptRetell(input, options)
  if ('problems' in result) throw new Error(result.problems.join('; '))
  return result
}

function problems(input: unknown): string {
  const result = acceptRetell(input, options)
  return 'problems' in result ? result.problems.join('; ') : 'accepted'
}

test('a call is read: who, when, what was said in which order, and the caller as the contact', () => {
  const { conversation, turns, agentName } = accepted(sampleCall())
  expect(conversation).toMatchObject({
    id: 'call_1',
    kind: 'call',
    agentVersion: 0,
    status: 'ended',
    contactNumber: '+12125550156',
    fromNumber: '(212) 555-0156',
    durationMs: 90_000,
    startedAt: new Date(1_700_000_000_000),
  })
  expect(agentName).toBe('Front desk')
  expect(turns.map((turn) => turn.role)).toEqual(['user', 'tool_call_invocation', 'tool_call_result', 'agent', 'user'])
  expect(turns[1]).toEqual({
    role: 'tool_call_invocation',
    content: '',
    at: null,
    name: 'book',
    extra: { tool_call_id: 't1', arguments: '{"n":0}' },
  })
})

test('only what the columns do not say is kept as raw', () => {
  expect(Object.keys(accepted(sampleCall()).conversation.raw).toSorted()).toEqual([
    'agent_name',
    'call_analysis',
    'call_cost',
    'opt_out_sensitive_data_storage',
    'recording_url',
  ])
  expect(accepted(sampleChat()).conversation.raw).toEqual({})
})

test('the contact is the callee outbound, the number of a chat, and nobody on the web', () => {
  expect(accepted(sampleCall({ direction: 'outbound' })).conversation.contactNumber).toBe('+13035550102')
  expect(accepted(sampleChat()).conversation.contactNumber).toBe('+17025550181')
  const web = sampleCall({ call_type: 'web_call', direction: undefined, from_number: undefined, to_number: undefined })
  expect(accepted(web).conversation.contactNumber).toBeNull()
  expect(accepted(sampleCall({ from_number: 'anonymous' })).conversation.contactNumber).toBeNull()
})

test('a conversation took place when its last word was said; without word times at its end, its start, its receipt', () => {
  const spokenAt = (change: Record<string, unknown>) => accepted(sampleCall(change)).conversation.spokenAt.getTime()
  const untimed = {
    transcript_with_tool_calls: [{ role: 'user', content: 'Hi' }],
    transcript_object: [],
    transcript: '',
  }
  expect(spokenAt({})).toBe(1_700_000_061_500)
  expect(accepted(sampleChat()).conversation.spokenAt.getTime()).toBe(1_700_000_004_000)
  expect(spokenAt(untimed)).toBe(1_700_000_090_000)
  expect(spokenAt({ ...untimed, end_timestamp: null })).toBe(1_700_000_000_000)
  expect(spokenAt({ ...untimed, end_timestamp: null, start_timestamp: null })).toBe(options.now.getTime())
  expect(spokenAt({ ...untimed, end_timestamp: options.now.getTime() + 60_000 })).toBe(options.now.getTime())
})

test('a bare transcript is cut into turns, line breaks inside a turn kept', () => {
  const bare = {
    transcript: 'User: one\nmore: of it\n\nAgent: two\n',
    transcript_object: null,
    transcript_with_tool_calls: [],
  }
  const { turns } = accepted(sampleCall(bare))
  expect(turns).toEqual([
    { role: 'user', content: 'one\nmore: of it\n', at: null },
    { role: 'agent', content: 'two', at: null },
  ])
})

test('the content hash is blind to the order of keys and to when it was received, and to nothing else', () => {
  const call = sampleCall()
  const reversed = Object.fromEntries(Object.entries(call).toReversed())
  const later = acceptRetell(reversed, { ...options, now: new Date('2026-12-01T00:00:00Z') })
  expect(later).toMatchObject({ contentHash: accepted(call).contentHash })
  expect(accepted(sampleCall({ recording_url: '' })).contentHash).not.toBe(accepted(call).contentHash)
  expect(accepted(sampleCall({ metadata: { score: '0' } })).contentHash).not.toBe(accepted(call).contentHash)
})

test('what is wrong is named by field, without the value', () => {
  expect(problems(sampleCall({ agent_id: undefined, call_status: 'over', from_number: 5 }))).toMatch(
    /agent_id: .*call_status: .*from_number: /s,
  )
  expect(problems(sampleCall({ transcript_object: [{ role: 'user' }, { content: 'secret' }] }))).toMatch(
    /^transcript_object\[1\]\.role: (?!.*secret)/,
  )
  expect(problems(sampleCall({ start_timestamp: 1_700_000_000_000_000 }))).toMatch(/^start_timestamp: /)
  expect(problems(sampleCall({ call_id: 'a\0b' }))).toMatch(/^call_id: .*NUL/)
  expect(problems({ agent_id: 'a' })).toBe('call_id or chat_id: is missing')
  expect(problems(sampleChat({ chat_status: 'registered' }))).toMatch(/^chat_status: /)
  for (const nothing of [null, 7, 'call', [sampleCall()]]) expect(problems(nothing)).toBe('is not a JSON object')
})

test('JSON that is nested beyond reason is refused before it reaches the database', () => {
  const nested: unknown = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)
  expect(problems(sampleCall({ metadata: { nested } }))).toBe('is nested more than 100 levels deep')
})
