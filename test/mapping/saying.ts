import {
  type FieldStatus,
  type FieldValue,
  plainRule,
  type Rule,
  type Spoken,
  type Value,
} from '../../src/mapping/index.ts'

/** A rule of which everything is left at its default. */
export const plain: Rule = {
  ...plainRule(['a']),
  ...{ hash: 'h', mapping: 'contacts', connection: 'main', object: 'contacts', field: 'x', contactField: 'a', line: 1 },
}

/** A call as rules read it. */
export const spoken: Spoken = {
  subject: { kind: 'call', agent_id: 'agent_1', agent_version: 3, type: 'phone_call', duration_ms: 20_000 },
  agentId: 'agent_1',
  facts: {
    $ended_at: '2026-03-01T10:00:00.000Z',
    $duration_s: 0,
    $direction: 'inbound',
    $disconnection_reason: null,
    $agent: 'agent_1',
    $url: 'http://127.0.0.1:3000/conversations/call_1',
  },
}

export function answered(value: Value, status: FieldStatus = 'found'): FieldValue {
  return { value, status, evidence: [] }
}

export const value = (said: Exclude<Value, null>) => ({ says: 'value', value: said })
export const nothing = (why: string) => ({ says: 'nothing', why })
export const silent = (why: string) => ({ says: 'silent', why })
