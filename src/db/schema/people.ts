import type { Generated } from 'kysely'
import type { At, Id, Json, JsonWithDefault, NullableJson, Plain } from './columns.ts'
import type { ConversationKind, ForgottenKind } from './states.ts'

/** CRM accounts, agents, people and the records that are them. */
export type PeopleTables = {
  connections: {
    name: string
    kind: string
    account: string | null
    own_app_id: string | null
    imported_at: Date | null
    import_due_at: At
    created_at: At
  }
  crm_tokens: { connection: string; grant_hash: string; sealed: string; renew_at: Date; renewed_at: At }
  connection_stops: {
    connection: string
    work: string
    code: string
    why: string
    since: At
    refusals: Generated<number>
    retry_at: Date
  }
  crm_schemas: { connection: string; object: string; fields: Json<unknown[]>; read_at: At }
  crm_scans: {
    connection: string
    object: string
    asked: Json<unknown>
    seen_to: string | null
    seen_at: At
    under_way: NullableJson<unknown>
    last: NullableJson<unknown>
    last_whole: NullableJson<unknown>
    failed: NullableJson<unknown>
  }
  /** One row, or none. */
  crm_config: {
    is_only: Generated<boolean>
    contact_columns_order: NullableJson<string[]>
    contact_memory_update_prompt: string | null
  }
  crm_lookups: { connection: string; object: string; hash: string; at: At }
  agents: {
    id: string
    kind: ConversationKind
    name: string | null
    created_at: At
    /** The highest number of a version that was deleted. */
    deleted_version: number | null
  }
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
    memory: string | null
    tag_ids: Generated<string[]>
    created_at: At
    changed_at: At
  }
  contact_tags: { id: string; label: string; place: Id }
  /** Kept by triggers on conversations. `last_at`: 1970 where there is none. */
  contact_counts: { contact_id: number; conversations: Generated<number>; last_at: At }
  contact_uploads: { id: string; file_name: string; is_whole: Generated<boolean>; created_at: At }
  contact_upload_parts: { upload_id: string; seq: number; data: Buffer }
  contact_jobs: {
    id: Id
    kind: 'import' | 'backfill'
    state: Generated<'queued' | 'running' | 'done' | 'failed'>
    actor: Json<unknown>
    spec: Json<unknown>
    upload_id: string | null
    backfill_id: number | null
    line: Generated<number>
    succeeded: Generated<number>
    failed: Generated<number>
    problems: JsonWithDefault<unknown[]>
    tries: Generated<number>
    why: string | null
    asked_at: At
    ended_at: Date | null
  }
  contact_changes: {
    id: Id
    contact_id: number
    field: string
    value: Json<unknown>
    at: Date
    author: 'us' | 'person' | 'automation' | 'import'
    actor: string
    at_latest: Generated<boolean>
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
    seen_at: Date | null
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
  hash_keys: { is_only: Generated<boolean>; key: Buffer }
  forgotten: { kind: ForgottenKind; hash: string; at: At }
}
