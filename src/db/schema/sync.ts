import type { ColumnType, Generated } from 'kysely'
import type { At, Id, Json, JsonWithDefault, NullableJson } from './columns.ts'
import type { Author, ContributionState } from './states.ts'

/** From what conversations say to what CRMs hold. */
export type SyncTables = {
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
    /** The run by which a person has said so; null: the steps found it. */
    resolved_by: Generated<number | null>
  }
  resolutions: { run_id: number; conversation_id: string; mapping: string; record_id: number | null }
  overruled_links: {
    conversation_id: string
    mapping: string
    state: 'matched' | 'none' | 'parked'
    record_id: number | null
    step: string | null
    candidates: number[]
    made_at: Date
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
    logs: Generated<boolean>
    decisions: NullableJson<unknown>
    push_id: string | null
    created_at: At
    decided_at: Date | null
  }
  activities: {
    id: Id
    conversation_id: string | null
    connection: string
    mapping: string
    record_id: number
    kind: 'call' | 'chat'
    key: string
    external_id: string | null
    body_hash: string | null
    attempted_at: Date | null
    gone: Generated<boolean>
    refused_hash: string | null
    refused_at: Date | null
    refused_code: string | null
    reason: string | null
  }
  activity_writes: {
    run_id: number
    conversation_id: string
    connection: string
    action: 'created' | 'updated' | 'removed'
    at: At
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
  record_state: {
    record_id: number
    fields: JsonWithDefault<unknown>
    changed_at: Date | null
    unread_at: Generated<Date | null>
    updated_at: At
  }
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
    conversation_hash: Generated<string>
    started_at: Date | null
    place: string | null
    rule: string | null
    beside: JsonWithDefault<unknown[]>
    releases: JsonWithDefault<unknown[]>
  }
  marks: {
    connection: string
    record_id: number
    seq: number
    priority: Generated<number>
    not_before: At
    reason: string
    run_id: number | null
    at: At
  }
  creation_marks: {
    conversation_id: string
    mapping: string
    connection: string
    run_id: number
    seq: number
    priority: Generated<number>
    not_before: At
    sent: NullableJson<unknown>
  }
  created_records: { record_id: number; run_id: number; key_field: string; at: At }
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
  merges: { hash: string; text: string; is_fallback: boolean; model: string; run_id: number; made_at: At }
  stretches: { hash: string; record_id: number; field: string; conversations: string[] }
  plans: {
    id: Id
    run_id: number | null
    digest: string | null
    totals: JsonWithDefault<unknown>
    made_at: At
    expires_at: Date
  }
  plan_rows: {
    plan_id: number
    record_id: number
    conversation_ids: string[]
    steps: string[]
    cells: NullableJson<unknown[]>
    stay_out: Generated<number>
  }
  plan_creations: {
    plan_id: number
    place: Id
    connection: string
    object: string
    kind: 'number' | 'email'
    key: string
    conversation_id: string
    conversation_ids: string[]
    key_field: string
    texts: Json<unknown>
    cells: NullableJson<unknown[]>
  }
  run_cells: {
    run_id: number
    record_id: number
    field: string
    before: string | null
    after: string | null
    decision: NullableJson<unknown>
  }
}
