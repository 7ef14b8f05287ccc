import { expect, test } from 'vitest'
import { acceptRetell, type Conversation, conversationFacts, subjectOf } from '../../src/conversations/index.ts'
import { sampleCall, sampleChat } from './samples.ts'

function conversation(object: Record<string, unknown>): Conversation {
  const accepted = acceptRetell(object, { now: new Date(), defaultCountry: 'US' })
  if ('problems' in accepted) throw new Error(accepted.problems.join('; '))
  return { ...accepted.conversation, contactId: null }
}

test('the facts of a call are typed: ISO time, seconds, words of the vendor', () => {
  expect(conversationFacts(conversation(sampleCall({ duration_ms: 1500 })))).toEqual({
    $ended_at: '2023-11-14T22:14:50.000Z',
    $duration_s: 1.5,
    $direction: 'inbound',
    $disconnection_reason: 'user_hangup',
    $agent: 'agent_1',
    $url: '/v1/conversations/call_1',
  })
})

test('what a conversation does not have is null, and its own address wins', () => {
  const chat = sampleChat({ end_timestamp: null, metadata: { url: 'https://example.com/c' } })
  expect(conversationFacts(conversation(chat))).toMatchObject({
    $ended_at: null,
    $duration_s: null,
    $direction: null,
    $url: 'https://example.com/c',
  })
  expect(conversationFacts(conversation(sampleCall({ duration_ms: 0 })))).toMatchObject({ $duration_s: 0 })
})

test('a filter sees what the analysis found: only found verdicts, every value, false and 0 too', () => {
  const call = conversation(sampleCall())
  const found = (value: string | number | boolean) => ({ value, status: 'found' as const, evidence: [] })
  const fields = {
    call_successful: found(false),
    chat_successful: found(true),
    user_sentiment: { ...found('Negative'), status: 'unverified' as const },
    score: found(0),
  }
  const subject = subjectOf(call, fields)
  expect(subject).toMatchObject({ successful: false, user_sentiment: null, in_voicemail: false, combined_cost: 0.5 })
  expect(subject.custom_analysis_data).toMatchObject({ score: 0 })
  expect(subjectOf(call)).toMatchObject({ successful: null, custom_analysis_data: {} })
})
