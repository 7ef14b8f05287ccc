import type { ColumnType, Generated, GeneratedAlways } from 'kysely'

/** A jsonb column: read parsed, written through `json()` as text, so that an array is never taken for a PostgreSQL array. */
type Json<T> = ColumnType<T, string, string>
type JsonWithDefault<T> = ColumnType<T, string | undefined, string>
type NullableJson<T> = ColumnType<T | null, string | null | undefined, string | null>
type At = ColumnType<Date, Date | undefined, Date>
type Id = GeneratedAlways<number>
type Plain = Record<string, unknown>

export type RunKind = 'intake' | 'rerun' | 'backfill' | 'correction' | 'undo' | 'import' | 'activation'
export type ConversationKind = 'call' | 'chat'
export type AnalysisOutcome = 'ok' | 'refused' | 'filtered' | 'truncated' | 'invalid' | 'empty' | 'transport'
export type ContributionState = 'held' | 'pending' | 'current' | 'superseded' | 'undone'
export type Author = 'person' | 'automation' | 'import' | 'unknown'
export type BackfillState = 'planned' | 'running' | 'paused' | 'done' | 'cancelled'

export type Database = {
  runs: {
    id: Id
    kind: RunKind
    actor: string
    reason: string
    undoes: number | null
    undone_by: number | null
    mapping_files: string[] | null
    started_at: At
  }
  audit_entries: {
    id: Id
    at: At
    actor: string
    action: string
    subject_kind: string
    subject_id: string
    run_id: number | null
    before: NullableJson<unknown>
    after: NullableJson<unknown>
  }
  buckets: { bucket: string; tat: Date; not_before: At }
  connections: {
    name: string
    kind: string
    account: string | null
    own_app_id: string | null
    imported_at: Date | null
    scan_cursor: string | null
    created_at: At
  }
  crm_schemas: { connection: string; object: string; fields: Json<unknown[]>; read_at: At }
  agents: { id: string; kind: ConversationKind; name: string | null; created_at: At }
  agent_versions: {
    agent_id: string
    version: number
    base_version: number | null
    config: Json<unknown>
    config_hash: string
    raw: JsonWithDefault<Plain>
    published_at: Date | null
    updated_at: At
  }
  analysis_configs: { hash: string; config: Json<unknown>; created_at: At }
  contacts: {
    id: Id
    number: string | null
    email: string | null
    first_name: string | null
    last_name: string | null
    do_not_call: Generated<boolean>
    fields: JsonWithDefault<Plain>
    created_at: At
  }
  crm_records: {
    id: Id
    connection: string
    object: string
    external_id: string
    contact_id: number | null
    merged_into: number | null
    gone_at: Date | null
    imported_at: At
  }
  crm_record_keys: {
    record_id: number
    connection: string
    object: string
    kind: 'number' | 'email'
    key: string
    property: string
    held_from: At
    held_to: At
  }
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
    raw: JsonWithDefault<Plain>
    content_hash: string
  }
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
    output_tokens: number | null
    cost_usd: number | null
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
  corrections: { conversation_id: string; item: string; run_id: number; value: Json<unknown>; actor: string; at: At }
  mapping_files: { hash: string; path: string; text: string; active: boolean; activated_at: At }
  rules: {
    hash: string
    mapping: string
    connection: string
    object: string
    field: string
    definition: Json<unknown>
    file_hash: string
    line: number
    first_active_at: At
  }
  links: {
    conversation_id: string
    mapping: string
    connection: string
    object: string
    state: 'matched' | 'none' | 'parked'
    record_id: number | null
    step: string | null
    candidates: ColumnType<number[], number[] | undefined, number[]>
    made_at: At
  }
  contributions: {
    id: Id
    conversation_id: string
    mapping: string
    connection: string
    analysis_id: number
    run_id: number
    vals: Json<unknown>
    state: ContributionState
    decisions: NullableJson<unknown>
    push_id: string | null
    created_at: At
    decided_at: Date | null
  }
  pushes: {
    id: string
    connection: string
    records: number
    read_calls: Generated<number>
    history_calls: Generated<number>
    write_calls: Generated<number>
    started_at: At
  }
  record_state: { record_id: number; fields: JsonWithDefault<unknown>; updated_at: At }
  field_events: {
    record_id: number
    field: string
    kind: 'base' | 'edited' | 'settled'
    at: Date
    value: Json<unknown>
    author: Author | null
    source: string | null
    at_latest: Generated<boolean>
    noticed_at: At
  }
  marks: {
    connection: string
    record_id: number
    seq: number
    priority: Generated<number>
    not_before: At
    reason: string
    at: At
  }
  ledger: {
    id: Id
    push_id: string
    connection: string
    record_id: number
    run_id: number | null
    changes: Json<unknown[]>
    outcome: 'written' | 'rejected' | 'missing' | 'unsent' | null
    detail: NullableJson<unknown>
    intended_at: At
    answered_at: Date | null
  }
  backfills: {
    id: Id
    run_id: number | null
    state: BackfillState
    actor: string
    reason: string
    filter: Json<unknown>
    frozen: Json<unknown>
    estimate: Json<unknown>
    concurrency: Generated<number>
    created_at: At
    started_at: Date | null
    ended_at: Date | null
  }
  backfill_items: {
    backfill_id: number
    seq: number
    conversation_id: string
    contact_key: string
    state: Generated<'open' | 'claimed' | 'done'>
    outcome: string | null
    reason: string | null
    cached: Generated<boolean>
    cost_usd: Generated<number>
    claimed_by: string | null
    done_at: Date | null
  }
  api_keys: {
    id: Id
    name: string
    hash: string
    created_at: At
    last_used_at: Date | null
    revoked_at: Date | null
  }
}
