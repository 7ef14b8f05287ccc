import type { Generated } from 'kysely'
import type { At, Id, Json, JsonWithDefault, NullableJson, Plain } from './columns.ts'
import type { AnalysisOutcome, ConversationKind } from './states.ts'

/** Conversations and what was extracted from them. */
export type ConversationsTables = {
  conversations: {
    id: string
    kind: ConversationKind
    agent_id: string
    agent_version: number | null
    type: string | null
    status: string
    direction: 'inbound' | 'outbound' | null
    from_number: string | null
    to_number: string | null
    contact_number: string | null
    contact_id: number | null
    disconnection_reason: string | null
    started_at: Date | null
    ended_at: Date | null
    spoken_at: Date
    received_at: At
    duration_ms: number | null
    metadata: JsonWithDefault<Plain>
    variables: JsonWithDefault<Plain>
    /** In order; what is not known of one is absent. */
    tool_calls: JsonWithDefault<{ name?: string; type?: string; success?: boolean; latency_ms?: number }[]>
    /** In order; null: nobody recorded it. */
    transfers: JsonWithDefault<
      {
        agent_id: string
        version: number | null
        setting: 'only_destination_agent' | 'both_agents' | null
        setting_from?: 'sent' | 'tool'
      }[]
    >
    raw: JsonWithDefault<Plain>
    /** What was set here since it came in: laid over whatever the vendor sends again. */
    updates: JsonWithDefault<{
      metadata?: Plain
      number?: string | null
      variables?: { sent: Plain; over: Plain }
      raw?: Plain
    }>
    content_hash: string
    sealed_until: Date | null
    intake_run_id: number | null
  }
  deletions: { run_id: number; conversation_id: string | null; until: Date }
  transcripts: { conversation_id: string; turns: Json<unknown[]>; words: NullableJson<unknown[]> }
  attempts: {
    id: Id
    purpose: string
    conversation_id: string | null
    run_id: number | null
    model: string
    state: 'started' | 'ended'
    outcome: string | null
    request_id: string | null
    input_tokens: number | null
    cached_tokens: number | null
    cache_write_tokens: number | null
    output_tokens: number | null
    cost_usd: number | null
    reserved_usd: number | null
    request_hash: string | null
    tier: Generated<'standard' | 'flex'>
    static_bytes: number | null
    parts: number | null
    started_at: At
    ended_at: Date | null
  }
  analyses: {
    id: Id
    conversation_id: string
    number: number
    run_id: number
    kept_at: Date | null
    current: Generated<boolean>
    request_hash: string
    config_hash: string
    agent_version: number | null
    /** Of the first there is no setting. */
    config_parts: NullableJson<
      {
        agent_id: string
        version: number
        is_draft: boolean
        setting: 'only_destination_agent' | 'both_agents' | null
        setting_from?: 'sent' | 'tool' | 'agent' | 'default'
      }[]
    >
    engine: string
    model: string
    outcome: AnalysisOutcome
    fields: JsonWithDefault<Plain>
    successful: boolean | null
    sentiment: string | null
    started_at: Date | null
    attempt_id: number | null
    cost_usd: Generated<number>
    created_at: At
  }
  reruns: {
    id: Id
    conversation_id: string
    run_id: number
    is_preview: Generated<boolean>
    fields: string[] | null
    state: 'waiting' | 'running' | 'ended'
    request_hash: string | null
    holder: string | null
    held_until: Date | null
    outcome: AnalysisOutcome | 'skipped' | null
    reason: string | null
    analysis_number: number | null
    cached: Generated<boolean>
    cost_usd: Generated<number>
    error: NullableJson<{ code: string; recovery: 'retry' | 'skip' | 'stop'; message: string; status?: number }>
    asked_at: At
    ended_at: Date | null
  }
  parked_analyses: {
    conversation_id: string
    run_id: number
    code: string
    why: string
    needs_usd: number | null
    since: Date
    retry_at: Date
    taken_until: At
  }
  pulls: { account: string; kind: ConversationKind; read_to: Date | null; live_from: At; due_at: At }
  awaited_analyses: { conversation_id: string; run_id: number; until: Date }
  corrections: { conversation_id: string; item: string; run_id: number; value: Json<unknown>; actor: string; at: At }
}
