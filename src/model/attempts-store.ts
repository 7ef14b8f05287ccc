import { sql } from 'kysely'
import { type Db, json, type Trx } from '../db/index.ts'
import { AppError } from '../errors.ts'
import {
  chargesOf,
  type LimitState,
  noLimits,
  refuseSpending,
  type SpendingLimits,
  seedBudgets,
} from '../limits/index.ts'
import type { Usage } from './completion.ts'

export type NewAttempt = {
  purpose: 'analysis' | 'merge'
  conversationId: string | null
  runId: number
  model: string
  /** The most it can cost; null where the model has no known price. */
  atMostUsd: number | null
}
export type EndedAttempt = {
  id: number
  /** The completion's outcome, or the code of the error that stood in its place. */
  outcome: string
  requestId: string | null
  usage: Usage
  /** Null: not known, and what it reserved stays reserved. */
  costUsd: number | null
}

type AttemptDeps = { db: Db; now: () => Date; model: { limits: SpendingLimits } }

/** A limit that applies, its amounts null where its budget is not opened yet. */
type Limit = Omit<LimitState, 'spentUsd' | 'reservedUsd'> & { spentUsd: number | null; reservedUsd: number | null }

/**
 * Notes that a model is about to be asked and reserves the most this can cost in every budget its run is charged to, in one
 * statement of its own: what a crash leaves open stays reserved until its period ends. Twice makes two.
 * Throws `spending.limit` (429, retry when the period ends) where a limit leaves too little, and `model.no_price` (stop) where there
 * is a limit and the model has no known price; then nothing is noted or reserved.
 */
export async function startAttempt(deps: AttemptDeps, attempt: NewAttempt): Promise<number> {
  const at = deps.now()
  // A budget is opened once, so a second look finds it; the third is for a day that began between the two.
  for (let looks = 1; ; looks++) {
    const { attemptId, limits } = await reserve(deps, attempt, at)
    if (attemptId !== null) return attemptId
    if (attempt.atMostUsd === null) throw noPrice(attempt.model, limits)
    const unopened = limits.filter((limit) => limit.spentUsd === null)
    if (unopened.length === 0) throw refuseSpending(attempt.atMostUsd, tooFull(limits, attempt.atMostUsd), at)
    if (looks > 3) throw new Error('a budget that was opened is not there')
    await seedBudgets(deps.db, unopened)
  }
}

/**
 * All of its budgets are taken from, or none. They are locked in one order for all statements, and whether it fits is judged by what
 * the locks show: a condition on `budgets` itself would first be held against the statement's own, older view of the row.
 */
async function reserve({ db, model }: AttemptDeps, attempt: NewAttempt, at: Date) {
  const most = attempt.atMostUsd === null ? null : attempt.atMostUsd.toFixed(8)
  const { rows } = await sql<{ attemptId: number | null; limits: Limit[] }>`
    with charged as materialized (
      select charges.* from runs cross join lateral ${chargesOf('runs', sql`${at}::timestamptz`, model.limits)} as charges
      where runs.id = ${attempt.runId}
    ), held as materialized (
      select charged.*, budgets.spent_usd, budgets.reserved_usd
      from budgets join charged using (scope, period, starts_on)
      order by budgets.scope, budgets.period, budgets.starts_on
      for update of budgets
    ), limits as (
      select charged.*, held.spent_usd, held.reserved_usd
      from charged left join held using (scope, period, starts_on)
      where charged.cap_usd is not null
    ), verdict as (
      select coalesce(bool_and(coalesce(spent_usd + reserved_usd + ${most}::numeric <= cap_usd, false)), true) as fits from limits
    ), noted as (
      insert into attempts (purpose, conversation_id, run_id, model, state, reserved_usd, started_at)
      select ${attempt.purpose}, ${attempt.conversationId}, ${attempt.runId}::bigint, ${attempt.model}, 'started', ${most}::numeric, ${at}::timestamptz
      from verdict where fits
      returning id
    ), taken as (
      update budgets set reserved_usd = budgets.reserved_usd + coalesce(${most}::numeric, 0)
      from held, verdict
      where verdict.fits and budgets.scope = held.scope and budgets.period = held.period and budgets.starts_on = held.starts_on
    )
    select (select id from noted) as "attemptId", coalesce((select jsonb_agg(jsonb_build_object(
      'scope', scope, 'period', period, 'startsOn', starts_on, 'capUsd', cap_usd, 'spentUsd', spent_usd, 'reservedUsd', reserved_usd
    )) from limits), '[]') as limits`.execute(db)
  return rows[0] ?? { attemptId: null, limits: [] }
}

function tooFull(limits: Limit[], usd: number): LimitState[] {
  return limits
    .map((limit) => ({ ...limit, spentUsd: limit.spentUsd ?? 0, reservedUsd: limit.reservedUsd ?? 0 }))
    .filter(({ spentUsd, reservedUsd, capUsd }) => spentUsd + reservedUsd + usd > capUsd)
}

function noPrice(model: string, limits: Limit[]): AppError {
  const scopes = [...new Set(limits.map(({ scope }) => scope))].join(', ')
  const message = `what ${model} costs is not known, so the limit of ${scopes} cannot be kept: let AFTERWORD_MODELS name a model with a known price, or take the limit away`
  return new AppError('model.no_price', 'stop', message, { status: 422 })
}

/**
 * Notes what came of attempts and turns what they reserved into what they cost, all in one statement, in the transaction that keeps
 * their results. Twice is safe: the first ending stands, and is settled once.
 */
export async function endAttempts(db: Db | Trx, ended: EndedAttempt[]): Promise<void> {
  if (ended.length === 0) return
  const rows = ended.map(({ id, outcome, requestId, usage, costUsd }) => ({
    id,
    outcome,
    request_id: requestId,
    input_tokens: usage.inputTokens,
    cached_tokens: usage.cachedTokens,
    output_tokens: usage.outputTokens,
    cost_usd: costUsd,
  }))
  await sql`
    with closed as (
      update attempts
      set state = 'ended', outcome = ended.outcome, request_id = ended.request_id, input_tokens = ended.input_tokens,
        cached_tokens = ended.cached_tokens, output_tokens = ended.output_tokens, cost_usd = ended.cost_usd, ended_at = now()
      from jsonb_to_recordset(${json(rows)}::jsonb) as ended(
        id bigint, outcome text, request_id text, input_tokens integer, cached_tokens integer, output_tokens integer,
        cost_usd numeric(14, 8))
      where attempts.id = ended.id and attempts.state = 'started'
      returning attempts.run_id, attempts.started_at, attempts.reserved_usd, attempts.cost_usd
    ), settled as (
      select charges.scope, charges.period, charges.starts_on,
        sum(coalesce(closed.reserved_usd, 0)) as reserved_usd, sum(closed.cost_usd) as cost_usd
      from closed join runs on runs.id = closed.run_id
      cross join lateral ${chargesOf('runs', sql`closed.started_at`, noLimits)} as charges
      where closed.cost_usd is not null
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
    db,
  )
}
