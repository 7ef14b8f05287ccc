import { evaluate, type FieldValue, plainRule, type Rule, type Value } from '../../../src/mapping/index.ts'
import { spokenOf } from '../../../src/sync/timeline/spoken-of.ts'
import type { Answer, Correction, LinkedConversation, Release } from '../../../src/sync/timeline/types.ts'

/** The one cell of these tests. */
export const field = 'summary'

export function ruleOf(hash: string, more: Partial<Rule> = {}): Rule {
  return {
    ...plainRule(['a']),
    ...{ hash, mapping: 'sales', connection: 'main', object: 'contacts', field, contactField: 'a', line: 1 },
    ...more,
  }
}

/** A conversation whose last word was spoken at minute `at`, linked by one mapping. */
export function linked(conversationId: string, at: number, more: Partial<LinkedConversation> = {}): LinkedConversation {
  const spokenAt = new Date(at * 60_000)
  return {
    conversationId,
    mapping: 'sales',
    triedBy: ['sales'],
    at: spokenAt.getTime(),
    startedAt: spokenAt.getTime(),
    conversation: {
      id: conversationId,
      kind: 'call',
      agentId: 'agent',
      agentVersion: 1,
      type: 'phone_call',
      status: 'ended',
      direction: 'inbound',
      fromNumber: null,
      toNumber: null,
      contactNumber: null,
      contactId: null,
      disconnectionReason: null,
      startedAt: spokenAt,
      endedAt: spokenAt,
      spokenAt,
      receivedAt: spokenAt,
      durationMs: 0,
      metadata: {},
      variables: {},
      transfers: [],
      toolCalls: [],
      raw: {},
    },
    ...more,
  }
}

export function found(value: Value): FieldValue {
  return { value, status: 'found', evidence: [] }
}

export function without(status: FieldValue['status']): FieldValue {
  return { value: null, status, evidence: [] }
}

export function answer(conversationId: string, runId: number, fields: Answer['fields']): Answer {
  return { conversationId, analysisId: runId, runId, fields }
}

export function correction(conversationId: string, runId: number, value: Value, item = 'a'): Correction {
  return { conversationId, item, value, runId }
}

/** What the contribution of such a run would hold: the answer, as the run's rule hears it. */
export function release(linked: LinkedConversation, { runId, fields }: Answer, rule: Rule): Release {
  const says = evaluate(rule, spokenOf(linked.conversation, fields), fields)
  return {
    conversationId: linked.conversationId,
    mapping: rule.mapping,
    runId,
    vals: { [rule.field]: { ...says, rule: rule.hash } },
  }
}
