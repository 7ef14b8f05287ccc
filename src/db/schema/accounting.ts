import type { Generated } from 'kysely'
import type { At, Id, NullableJson } from './columns.ts'
import type { Period, RunKind } from './states.ts'

/** Who decided what, and how fast and how much. */
export type AccountingTables = {
  runs: {
    id: Id
    kind: RunKind
    actor: string
    key_name: string | null
    reason: string
    undoes: number | null
    undone_by: number | null
    mapping_files: string[] | null
    fields: string[] | null
    refusals_counted_to: number | null
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
  call_days: {
    connection: string
    began_at: Date
    ends_at: Date
    calls: Generated<number>
    most: number | null
    remaining: number | null
    first_remaining: number | null
    kept: Generated<number>
    learn_at: Date
  }
  write_paces: {
    connection: string
    object: string
    rows_at_once: number
    chunks_at_once: number
    ms_per_row: number
  }
  meters: { meter: string; per_minute: number | null; level: Generated<number>; filled_at: At }
  provider_pauses: {
    provider: string
    why: string
    since: At
    refusals: Generated<number>
    asked_at: At
    retry_at: Date
  }
  budgets: {
    scope: string
    period: Period
    starts_on: string
    reserved_usd: number
    spent_usd: number
  }
  api_keys: {
    id: Id
    name: string
    hash: string
    usd_per_day: number | null
    usd_per_month: number | null
    created_at: At
    last_used_at: Date | null
    revoked_at: Date | null
  }
}
