import { expect, test } from 'vitest'
import { skipReason } from '../../src/analysis/worth-analysing.ts'
import { said, sampleCall } from './sample.ts'

const dialogue = said('agent', 'Hello?', 'user', '0')
const tool = { role: 'tool_call_result', content: '{"ok":true}', at: null }

test.each([
  ['was never connected', 'not_connected', dialogue, 'not_connected'],
  ['is still going on', 'ongoing', dialogue, 'ongoing'],
  ['has not begun', 'registered', [], 'ongoing'],
  ['has no turns', 'ended', [], 'empty'],
  ['has blank turns only', 'ended', said('agent', ' ', 'user', '\u200b\n'), 'empty'],
  ['has tool results only', 'ended', [tool], 'empty'],
  ['is a voicemail: nobody but the agent spoke', 'ended', [...said('agent', 'Please call back.'), tool], 'agent_only'],
  ['had an answer of nothing', 'ended', said('agent', 'Hello?', 'user', ''), 'agent_only'],
])('a conversation that %s is skipped', (_, status, turns, reason) => {
  expect(skipReason(sampleCall({ status }), turns)).toBe(reason)
})

test.each([
  ['in which somebody answered, be it with a 0', 'ended', dialogue],
  ['that broke off with an error', 'error', dialogue],
  ['that was transferred to a person', 'ended', said('agent', 'One moment.', 'transfer_target', 'Hi, this is Bo.')],
])('a conversation %s is analysed', (_, status, turns) => {
  expect(skipReason(sampleCall({ status }), turns)).toBeNull()
})
