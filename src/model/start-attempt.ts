import { sql } from 'kysely'
import type { Db } from '../db/index.ts'
import { AppError } from '../errors.ts'
import {
  chargesOf,
  isLimited,
  type LimitState,
  refuseSpending,
  type SpendingLimits,
  seedBudgets,
} from '../limits/index.ts'
import type { Tier } from './completion.ts'
import { noteUnlimited } from './note-together.ts'
import type { Priority } from './pace/take-turn.ts'

export type NewAttempt = {
  purpose: 'analysis' | 'merge' | 'probe'
  conversationId: string | null
  /** Null: a probe, which no run asks for and no budget is charged with. */
  runId: number | null
  model: string
  /** How it is to be served; standard, unless told. */
  tier?: Tier
  /** The most it can cost; null where the model has no known price. */
  atMostUsd: number | null
  /** What of several tries is asked again: of an analysis, its request. */
  requestHash?: string
  /** How large the question is, for estimates to learn from. */
  size?: AttemptSize | undefined
}

/** The bytes that are the same for every conversation of a config, and how much is asked: fields of an analysis, texts of a merge. */
export type AttemptSize = { staticBytes: number; parts: number }

type AttemptDeps = { db: Db; now: () => Date; model: { limits: SpendingLimits } }

/** A limit that applies, with whether the call fits; its amounts are null where its budget is not opened yet. */
type Limit = Omit<LimitState, 'spentUsd' | 'reservedUsd'> & {
  spentUsd: number | null
  reservedUsd: number | null
  fits: boolean
}

/**
 * Notes that a model is about to be asked and reserves the most this can cost in every budget its run is charged to, in one
 * statement, where there are limits one of its own: what a crash leaves open stays reserved until its period ends. Twice makes two.
 * Throws `spending.limit` (429, retry when the period ends) where a limit leaves too little, and `model.no_price` (stop) where there
 * is a limit and the model has no known price; then nothing is noted or reserved. One of `background` may wait a moment for others.
 */
export async function startAttempt(
  deps: AttemptDeps,
  attempt: NewAttempt,
  priority: Priority = 'interactive',
): Promise<number> {
  const at = deps.now()
  const unlimited = isLimited(deps.model.limits) ? null : await noteUnlimited(deps.db, attempt, at, priority)
  if (unlimited !== null) return unlimited
  // A budget that was opened stays, so the second look finds it; the third is for a limit that was set between the two.
  for (let looks = 1; ; looks++) {
    const { attemptId, limits } = await reserve(deps, attempt, at)
    if (attemptId !== null) return attemptId
    if (attempt.atMostUsd === null) throw noPrice(attempt.model, limits)
    const unopened = limits.filter((limit) => limit.spentUsd === null)
    if (unopened.length === 0) throw refuseSpending(attempt.atMostUsd, tooFull(limits), at)
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
      select charged.*, held.spent_usd, held.reserved_usd,
        coalesce(held.spent_usd + held.reserved_usd + ${most}::numeric <= charged.cap_usd, false) as fits
      from charged left join held using (scope, period, starts_on)
      where charged.cap_usd is not null
    ), verdict as (
      select coalesce(bool_and(fits), true) as fits from limits
    ), noted as (
      insert into attempts (purpose, conversation_id, run_id, model, state, reserved_usd, started_at, static_bytes, parts, request_hash, tier)
      select ${attempt.purpose}, ${attempt.conversationId}, ${attempt.runId}::bigint, ${attempt.model}, 'started', ${most}::numeric, ${at}::timestamptz, ${sizeOf(attempt)}, ${attempt.requestHash ?? null}, ${attempt.tier ?? 'standard'}
      from verdict where fits
      returning id
    ), taken as (
      update budgets set reserved_usd = budgets.reserved_usd + coalesce(${most}::numeric, 0)
      from held, verdict
      where verdict.fits and budgets.scope = held.scope and budgets.period = held.period and budgets.starts_on = held.starts_on
    )
    select (select id from noted) as "attemptId", coalesce((select jsonb_agg(jsonb_build_object(
      'scope', scope, 'period', period, 'startsOn', starts_on, 'capUsd', cap_usd, 'spentUsd', spent_usd, 'reservedUsd', reserved_usd, 'fits', fits
    )) from limits), '[]') as limits`.execute(db)
  return rows[0] ?? { attemptId: null, limits: [] }
}

function sizeOf({ size }: NewAttempt) {
  return sql`${size?.staticBytes ?? null}::integer, ${size?.parts ?? null}::integer`
}

function tooFull(limits: Limit[]): LimitState[] {
  return limits.flatMap(({ fits, spentUsd, reservedUsd, ...limit }) =>
    fits || spentUsd === null || reservedUsd === null ? [] : [{ ...limit, spentUsd, reservedUsd }],
  )
}

function noPrice(model: string, limits: Limit[]): AppError {
  const scopes = [...new Set(limits.map(({ scope }) => scope))].join(', ')
  const message = `what ${model} costs is not known, so the limit of ${scopes} cannot be kept: let AFTERWORD_MODELS name a model with a known price, tell its price by AFTERWORD_PRICES, or take the limit away`
  return new AppError('model.no_price', 'stop', message, { status: 422 })
}
