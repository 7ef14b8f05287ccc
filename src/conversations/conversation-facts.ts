import type { Spoken } from '../mapping/index.ts'
import type { Conversation } from './types.ts'

/** What rules can name beside items (`$ended_at` and its like): known of a conversation without any model. Pure. */
export function conversationFacts(conversation: Conversation): Spoken['facts'] {
  const { id, agentId, endedAt, durationMs, direction, disconnectionReason, metadata } = conversation
  return {
    $ended_at: endedAt?.toISOString() ?? null,
    $duration_s: durationMs === null ? null : durationMs / 1000,
    $direction: direction,
    $disconnection_reason: disconnectionReason,
    $agent: agentId,
    $url: typeof metadata.url === 'string' ? metadata.url : `/v1/conversations/${encodeURIComponent(id)}`,
  }
}
