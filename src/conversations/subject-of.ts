import type { Subject } from '../filters/index.ts'
import type { FieldValue } from '../mapping/index.ts'
import type { Conversation } from './types.ts'

/**
 * A conversation in the words of filters, with what one analysis of it found, and how the newest ended: ok unless told. Pure.
 * `filter-sql.ts` reads the same from the tables, for the current analysis and for the newest.
 */
export function subjectOf(
  conversation: Conversation,
  found?: Record<string, FieldValue>,
  outcome: string | null = found ? 'ok' : null,
): Subject {
  const fields = found ?? {}
  const { kind, raw } = conversation
  return {
    kind,
    agent_id: conversation.agentId,
    agent_version: conversation.agentVersion,
    conversation_id: conversation.id,
    status: conversation.status,
    type: conversation.type,
    direction: conversation.direction,
    disconnection_reason: conversation.disconnectionReason,
    from_number: conversation.fromNumber,
    to_number: conversation.toNumber,
    start_timestamp: conversation.startedAt?.getTime() ?? null,
    end_timestamp: conversation.endedAt?.getTime() ?? null,
    duration_ms: conversation.durationMs,
    successful: foundIn(fields, `${kind}_successful`, 'boolean'),
    user_sentiment: foundIn(fields, 'user_sentiment', 'string'),
    analysis_outcome: outcome,
    in_voicemail: scalar(plain(raw[`${kind}_analysis`]).in_voicemail),
    combined_cost: scalar(plain(raw[`${kind}_cost`]).combined_cost),
    agent_tag: scalar(raw.agent_tag),
    batch_call_id: scalar(raw.batch_call_id),
    data_storage_setting: scalar(raw.data_storage_setting),
    e2e_latency_p50: scalar(plain(plain(raw.latency).e2e).p50),
    tool_calls: conversation.toolCalls,
    metadata: conversation.metadata,
    dynamic_variables: conversation.variables,
    custom_attributes: plain(raw.custom_attributes),
    custom_analysis_data: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.value])),
  }
}

function foundIn(fields: Record<string, FieldValue>, name: string, type: 'boolean' | 'string') {
  const field = fields[name]
  return field?.status === 'found' && typeof field.value === type ? scalar(field.value) : null
}

function scalar(value: unknown): string | number | boolean | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
}

function plain(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}
