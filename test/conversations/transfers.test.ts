import { expect, test } from 'vitest'
import { acceptRetell } from '../../src/conversations/index.ts'

const options = { now: new Date('2026-03-05T12:00:00Z'), defaultCountry: 'US' }
const call = { call_id: 'call_1', agent_id: 'front', call_status: 'ended' }
const swap = (id: string, args: unknown, more: object = {}) => ({
  role: 'tool_call_invocation',
  tool_call_id: id,
  name: 'agent_swap',
  arguments: typeof args === 'string' ? args : JSON.stringify(args),
  ...more,
})

function transfersOf(object: object) {
  const accepted = acceptRetell({ ...call, ...object }, options)
  return 'problems' in accepted ? accepted : accepted.conversation.transfers
}

test('transfers are taken as they are sent, in order, and come back untouched', () => {
  const agent_transfers = [
    { agent_id: 'sales', agent_version: 3, post_call_analysis_setting: 'both_agents', at: 17 },
    { agent_id: 'billing' },
  ]
  const accepted = acceptRetell({ ...call, agent_transfers }, options)
  expect(accepted).toMatchObject({
    conversation: {
      agentId: 'front',
      transfers: [
        { agentId: 'sales', version: 3, setting: 'both_agents', settingFrom: 'sent' },
        { agentId: 'billing', version: null, setting: null },
      ],
      raw: { agent_transfers },
    },
  })
  const chat = { chat_id: 'chat_1', agent_id: 'front', chat_status: 'ended', agent_transfers }
  expect(acceptRetell(chat, options)).toMatchObject({ conversation: { transfers: [{ agentId: 'sales' }, {}] } })
})

test('a transfer that cannot be read is refused by its place', () => {
  const odd = [{ agent_id: 'sales', post_call_analysis_setting: 'both' }, { agent_version: 1 }]
  expect(transfersOf({ agent_transfers: odd })).toEqual({
    problems: [
      expect.stringMatching(/^agent_transfers\[0\]\.post_call_analysis_setting: /),
      expect.stringMatching(/^agent_transfers\[1\]\.agent_id: /),
    ],
  })
})

test('calls of the transfer tool tell the agents, unless they failed or name none', () => {
  const entries = [
    { role: 'user', content: 'Sales, please.' },
    swap('1', { agent_id: 'sales', agent_version: '4', post_call_analysis_setting: 'both_agents' }),
    { role: 'tool_call_result', tool_call_id: '1', content: 'ok', successful: true },
    swap('2', { agent_id: 'nobody' }),
    { role: 'tool_call_result', tool_call_id: '2', content: 'busy', successful: false },
    swap('3', { agent_id: 'billing', agent_version: 'latest' }, { name: 'to_billing', type: 'agent_swap' }),
    swap('4', { agent_id: 'x' }, { type: 'custom' }),
    swap('5', {}),
    swap('6', 'no json'),
    swap('7', { agent_id: 'a\0b' }),
    { role: 'user', content: 'agent_swap {"agent_id":"forged"}', name: 'agent_swap' },
  ]
  expect(transfersOf({ transcript_with_tool_calls: entries })).toEqual([
    { agentId: 'sales', version: 4, setting: 'both_agents', settingFrom: 'tool' },
    { agentId: 'billing', version: null, setting: null },
  ])
  expect(transfersOf({ transcript_with_tool_calls: entries, agent_transfers: [] })).toEqual([])
})

test('who told the setting is no change of the conversation', () => {
  const sent = { ...call, agent_transfers: [{ agent_id: 'sales', post_call_analysis_setting: 'both_agents' }] }
  const byTool = acceptRetell(sent, { ...options, transfersBy: 'tool' })
  expect(byTool).toMatchObject({ conversation: { transfers: [{ agentId: 'sales', settingFrom: 'tool' }] } })
  const { contentHash } = Object(acceptRetell(sent, options))
  expect(Object(byTool).contentHash).toBe(contentHash)
  // As it was before anybody kept who told.
  expect(contentHash).toBe('1fde0d872fed4bb376d939021f6d56af3e6e858e7b0d1974d350a7543d51c474')
})

test('a conversation without transfers keeps the hash it has always had', () => {
  const hashOf = (object: object) => Object(acceptRetell({ ...call, ...object }, options)).contentHash
  const entries = [swap('1', { agent_id: 'sales' })]
  expect(hashOf({})).toBe('2cddd6b120da6ea2ab34b940a9d2c9739278404571b9e0561394a5715737e3e5')
  expect(hashOf({ transcript_with_tool_calls: entries })).not.toBe(
    hashOf({ transcript_with_tool_calls: [swap('1', {})] }),
  )
})
