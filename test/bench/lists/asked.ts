import { apartMs, firstStart } from './fill.ts'

/** A month of the year that a million calls take, and as large a share of fewer. */
export function rangeOf(calls: number): [number, number] {
  const lengthMs = calls * apartMs
  return [firstStart + Math.floor(lengthMs * 0.6), firstStart + Math.floor(lengthMs * 0.7)]
}

/** One filter each, by name, and the share of calls that pass it. */
export const asked: { name: string; share: number; criteria: Record<string, unknown> }[] = [
  { name: 'direction', share: 0.5, criteria: { direction: 'inbound' } },
  { name: 'agent', share: 0.05, criteria: { agent: ['agent_3'] } },
  { name: 'agent and version', share: 0.016, criteria: { agent: [{ agent_id: 'agent_3', version: [1] }] } },
  { name: 'status', share: 0.01, criteria: { call_status: 'error' } },
  { name: 'disconnection reason', share: 0.01, criteria: { disconnection_reason: 'dial_busy' } },
  { name: 'type', share: 0.02, criteria: { call_type: 'web_call' } },
  { name: 'duration', share: 0.05, criteria: { duration_ms: { ge: 95_000 } } },
  { name: 'cost', share: 0.02, criteria: { combined_cost: { ge: 98 } } },
  { name: 'voicemail', share: 0.02, criteria: { in_voicemail: true } },
  { name: 'agent tag', share: 0.05, criteria: { agent_tag: ['beta'] } },
  { name: 'metadata', share: 0.05, criteria: { metadata: { plan: 'p7' } } },
  { name: 'tool calls', share: 0.05, criteria: { tool_calls: [{ name: 'book' }] } },
  { name: 'sentiment', share: 0.1, criteria: { user_sentiment: ['Negative'] } },
  { name: 'two sentiments', share: 0.2, criteria: { user_sentiment: ['Negative', 'Positive'] } },
  { name: 'success', share: 0.2, criteria: { call_successful: false } },
  { name: 'analysis data', share: 0.1, criteria: { custom_analysis_data: { plan: 'Pro' } } },
  { name: 'no analysis data', share: 1, criteria: { custom_analysis_data: { missing: { present: false } } } },
]
