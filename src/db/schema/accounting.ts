import type { At, Id, NullableJson } from './columns.ts'
import type { RunKind } from './states.ts'

/** Who decided what, and how fast and how much. */
export type AccountingTables = {
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
  api_keys: {
    id: Id
    name: string
    hash: string
    created_at: At
    last_used_at: Date | null
    revoked_at: Date | null
  }
}
