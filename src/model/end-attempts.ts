import { sql } from 'kysely'
import { type Db, json, type Trx, transact } from '../db/index.ts'
import { chargesOf, noLimits } from '../limits/index.ts'
import type { Tier, Usage } from './completion.ts'

export type EndedAttempt = {
  id: number
  /** The completion's outcome, or the code of the error that stood in its place. */
  outcome: string
  requestId: string | null
  usage: Usage
  /** How it was served; absent: as it was asked for, or not at all. */
  tier?: Tier
  /** Null: not known, and what it reserved stays reserved. */
  costUsd: number | null
}

/** An attempt that this call has ended, as far as its budgets need to know; a probe is of no run, and of no budget. */
type Closed = { run_id: number | null; started_at: Date; reserved_usd: number | null; cost_usd: number }

/**
 * Notes what came of attempts and turns what they reserved into what they cost, in the transaction that keeps their results: one
 * statement, and one more where budgets are kept. Twice is safe: the first ending stands, and is settled once.
 */
export async function endAttempts(db: Db | Trx, ended: EndedAttempt[]): Promise<void> {
  if (ended.length === 0) return
  // Who writes an attempt keeps `seedBudgets` waiting until it commits: both statements see the same budgets.
  if (db.isTransaction) await endAndSettle(db, ended)
  else await transact(db, (trx) => endAndSettle(trx, ended))
}

async function endAndSettle(trx: Db | Trx, ended: EndedAttempt[]): Promise<void> {
  const rows = ended.map(({ id, outcome, requestId, usage, costUsd, tier }) => ({
    id,
    outcome,
    request_id: requestId,
    input_tokens: usage.inputTokens,
    cached_tokens: usage.cachedTokens,
    cache_write_tokens: usage.cacheWriteTokens,
    output_tokens: usage.outputTokens,
    cost_usd: costUsd,
    tier: tier ?? null,
  }))
  const closed = await sql<Closed>`
    with closed as (
      update attempts
      set state = 'ended', outcome = ended.outcome, request_id = ended.request_id, input_tokens = ended.input_tokens,
        cached_tokens = ended.cached_tokens, cache_write_tokens = ended.cache_write_tokens, output_tokens = ended.output_tokens, cost_usd = ended.cost_usd, ended_at = now(),
        tier = coalesce(ended.tier, attempts.tier)
      from jsonb_to_recordset(${json(rows)}::jsonb) as ended(
        id bigint, outcome text, request_id text, input_tokens integer, cached_tokens integer, cache_write_tokens integer,
        output_tokens integer, cost_usd numeric(14, 8), tier text)
      where attempts.id = ended.id and attempts.state = 'started'
      returning attempts.run_id, attempts.started_at, attempts.reserved_usd, attempts.cost_usd
    )
    select * from closed
    where cost_usd is not null
      and (exists (select from budgets where starts_on >= least(
          date_trunc('month', closed.started_at at time zone 'UTC'), date_trunc('week', closed.started_at at time zone 'UTC'))::date)
        or exists (select from backfills where backfills.run_id = closed.run_id and max_cost_usd is not null))`.execute(
    trx,
  )
  if (closed.rows.length > 0) await settle(trx, closed.rows)
}

async function settle(trx: Db | Trx, closed: Closed[]): Promise<void> {
  await sql`
    with settled as (
      select charges.scope, charges.period, charges.starts_on,
        sum(coalesce(closed.reserved_usd, 0)) as reserved_usd, sum(closed.cost_usd) as cost_usd
      from jsonb_to_recordset(${json(closed)}::jsonb) as closed(
        run_id bigint, started_at timestamptz, reserved_usd numeric, cost_usd numeric)
      join runs on runs.id = closed.run_id
      cross join lateral ${chargesOf('runs', sql`closed.started_at`, noLimits)} as charges
      group by charges.scope, charges.period, charges.starts_on
    ), held as materialized (
      select settled.* from budgets join settled using (scope, period, starts_on)
      order by budgets.scope, budgets.period, budgets.starts_on
      for update of budgets
    )
    update budgets
    set reserved_usd = budgets.reserved_usd - held.reserved_usd, spent_usd = budgets.spent_usd + held.cost_usd
    from held
    where budgets.scope = held.scope and budgets.period = held.period and budgets.starts_on = held.starts_on`.execute(
    trx,
  )
}
