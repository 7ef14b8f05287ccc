import { sql } from 'kysely'
import { type Db, json } from '../db/index.ts'
import type { Priority } from './pace/take-turn.ts'
import type { NewAttempt } from './start-attempt.ts'

type Waiting = {
  attempt: NewAttempt
  at: Date
  settle: { resolve: (id: number | null) => void; reject: (error: unknown) => void }
}

/** What is being gathered, for each database: of those somebody waits for, and of the others. */
const gathered = { interactive: new WeakMap<Db, Waiting[]>(), background: new WeakMap<Db, Waiting[]>() }

/** A call takes a hundred times as long; of 400 starts a second eight go together. Whom somebody waits for is noted at the turn's end. */
const gatherMs = 40

/**
 * Notes an attempt where nobody has a limit and no budget is kept; null where that is not so. Attempts that start at about the same moment,
 * as those of a backfill do, are noted in one statement: on its own each costs more than everything else around a call. Of several that
 * cannot be noted together each is tried alone, so that no other's trouble reaches it.
 */
export function noteUnlimited(db: Db, attempt: NewAttempt, at: Date, priority: Priority): Promise<number | null> {
  const gathering = gathered[priority]
  return new Promise((resolve, reject) => {
    const waiting = gathering.get(db) ?? []
    waiting.push({ attempt, at, settle: { resolve, reject } })
    if (waiting.length > 1) return
    gathering.set(db, waiting)
    const note = () => {
      gathering.delete(db)
      void noteAll(db, waiting)
    }
    if (priority === 'background') setTimeout(note, gatherMs)
    else setImmediate(note)
  })
}

async function noteAll(db: Db, waiting: Waiting[]): Promise<void> {
  try {
    const ids = await insertUnlimited(db, waiting)
    for (const [place, { settle }] of waiting.entries()) settle.resolve(ids.get(place) ?? null)
  } catch (error) {
    const [only, ...others] = waiting
    if (others.length === 0) only?.settle.reject(error)
    else for (const each of waiting) await noteAll(db, [each])
  }
}

/** The ids of the attempts by their place; none where there is a limit. */
async function insertUnlimited(db: Db, waiting: readonly Waiting[]): Promise<Map<number, number>> {
  const asked = waiting.map(({ attempt, at }, place) => ({
    place,
    purpose: attempt.purpose,
    conversation_id: attempt.conversationId,
    run_id: attempt.runId,
    model: attempt.model,
    reserved_usd: attempt.atMostUsd?.toFixed(8) ?? null,
    started_at: at,
    static_bytes: attempt.size?.staticBytes ?? null,
    parts: attempt.size?.parts ?? null,
    request_hash: attempt.requestHash ?? null,
    tier: attempt.tier ?? 'standard',
  }))
  const { rows } = await sql<{ place: number; id: number }>`
    with asked as materialized (
      select nextval(pg_get_serial_sequence('attempts', 'id')) as id, asked.*
      from jsonb_to_recordset(${json(asked)}::jsonb) as asked(
        place int, purpose text, conversation_id text, run_id bigint, model text, reserved_usd numeric(14, 8),
        started_at timestamptz, static_bytes integer, parts integer, request_hash text, tier text)
      where not exists (
        select from budgets where starts_on in (
          (asked.started_at at time zone 'UTC')::date, date_trunc('week', asked.started_at at time zone 'UTC')::date,
          date_trunc('month', asked.started_at at time zone 'UTC')::date)
      ) and not exists (select from api_keys where usd_per_day is not null or usd_per_month is not null)
        and not exists (select from runs join schedules on runs.actor = 'schedule:' || schedules.name
          where runs.id = asked.run_id and runs.actor like 'schedule:%' and cap_usd is not null)
        and not exists (select from backfills where backfills.run_id = asked.run_id and max_cost_usd is not null)
    ), noted as (
      insert into attempts (id, purpose, conversation_id, run_id, model, state, reserved_usd, started_at, static_bytes, parts, request_hash, tier)
      overriding system value
      select id, purpose, conversation_id, run_id, model, 'started', reserved_usd, started_at, static_bytes, parts, request_hash, tier from asked
    )
    select place, id from asked`.execute(db)
  return new Map(rows.map(({ place, id }) => [place, id]))
}
