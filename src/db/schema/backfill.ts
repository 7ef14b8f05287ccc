import type { Generated } from 'kysely'
import type { At, Id, Json, JsonWithDefault, NullableJson } from './columns.ts'
import type { BackfillState, Period, ScheduleRunState } from './states.ts'

/** Runs over a filter. */
export type BackfillTables = {
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
    kind: Generated<'extract' | 'mapping'>
    mapping: string | null
    fields: string[] | null
    plan_id: number | null
    guards: JsonWithDefault<unknown>
    lane: Generated<'standard' | 'flex'>
    deadline_at: Date | null
    max_cost_usd: number | null
    created_at: At
    started_at: Date | null
    ended_at: Date | null
    parked_at: Date | null
    parked_until: Date | null
    parked_why: string | null
    parked_needs_usd: number | null
    paused_why: string | null
    canary: NullableJson<unknown>
    canary_until: number | null
    canary_rates: NullableJson<unknown>
    canary_why: string | null
    canary_passed_at: Date | null
    schedule_run_id: number | null
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
  /** Kept by triggers on the items; several rows of one outcome add up. */
  backfill_counts: {
    id: Id
    backfill_id: number
    outcome: string | null
    reason: string | null
    items: number
    cached: number
    cost_usd: number
  }
  schedule_files: { hash: string; text: string; saved_at: At }
  schedules: {
    name: string
    path: string
    file_hash: string
    active: boolean
    enabled: boolean
    since: Date
    cap_usd: number | null
    cap_period: Period | null
  }
  /** A due time of a schedule, or a run by hand, and what became of it. */
  schedule_runs: {
    id: Id
    schedule: string
    file_hash: string
    due_at: Date | null
    asked_by: string | null
    missed: Generated<number>
    state: ScheduleRunState
    why: string | null
    retry_at: Date | null
    claimed_at: Date
  }
}
