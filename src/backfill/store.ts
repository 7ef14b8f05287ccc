import { type Selectable, sql } from 'kysely'
import { type Actor, actorLabel } from '../audit/index.ts'
import { type BackfillState, type Database, type Db, json, type Trx } from '../db/index.ts'
import { AppError, notFound } from '../errors.ts'
import type { Filter } from '../filters/index.ts'
import type { Canary, CanaryRates } from './canary.ts'
import type { Guards } from './guards.ts'
import type { Lane } from './lane.ts'
import type { Backfill, Estimate, Frozen, Parked } from './types.ts'

function toBackfill(row: Selectable<Database['backfills']>): Backfill {
  return {
    id: row.id,
    kind: row.kind,
    mapping: row.mapping,
    fields: row.fields,
    planId: row.plan_id,
    runId: row.run_id,
    state: row.state,
    parked: toParked(row),
    pausedWhy: row.paused_why,
    canary: toCanary(row),
    actor: row.actor,
    reason: row.reason,
    // Written by planBackfill from these types, and by nothing else.
    filter: row.filter as Filter,
    guards: toGuards(row),
    frozen: row.frozen as Frozen,
    estimate: row.estimate as Estimate,
    concurrency: row.concurrency,
    lane: row.lane,
    deadlineAt: row.deadline_at,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  }
}

function toGuards({ guards, max_cost_usd: maxCostUsd }: Selectable<Database['backfills']>): Guards {
  return { ...(guards as Guards), ...(maxCostUsd !== null && { maxCostUsd }) }
}

function toParked(row: Selectable<Database['backfills']>): Parked | null {
  const { parked_at: since, parked_until: until, parked_why, parked_needs_usd } = row
  return since ? { since, until, why: parked_why ?? '', needsUsd: parked_needs_usd } : null
}

function toCanary(row: Selectable<Database['backfills']>): Backfill['canary'] {
  const { canary, canary_until: until, canary_rates, canary_why: why, canary_passed_at: passedAt } = row
  if (until === null) return null
  // Written by canary-store.ts from these types, and by nothing else.
  return { ...(canary as Canary), until, rates: canary_rates as CanaryRates | null, why, passedAt }
}

/** The columns of a backfill that is not parked. */
export const notParked = { parked_at: null, parked_until: null, parked_why: null, parked_needs_usd: null }

export async function getBackfill(db: Db, id: number): Promise<Backfill> {
  const row = await db.selectFrom('backfills').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw notFound('backfill', String(id))
  return toBackfill(row)
}

/** What a backfill is told to do now, without all that it froze. */
export type Orders = Pick<Backfill, 'state' | 'concurrency'> & { isParked: boolean }

export async function readOrders(db: Db, id: number): Promise<Orders> {
  const columns = ['state', 'concurrency', 'parked_at'] as const
  const row = await db.selectFrom('backfills').select(columns).where('id', '=', id).executeTakeFirstOrThrow()
  return { state: row.state, concurrency: row.concurrency, isParked: row.parked_at !== null }
}

/** Holds a backfill against every other change until the transaction ends; returns its state. */
export async function lockBackfill(trx: Trx, id: number): Promise<BackfillState> {
  const row = trx.selectFrom('backfills').select('state').where('id', '=', id).forUpdate()
  return (await row.executeTakeFirstOrThrow()).state
}

export type NewBackfill = {
  filter: Filter
  actor: Actor
  reason: string
  concurrency?: number
  kind?: Backfill['kind']
  mapping?: string | null
  fields?: string[] | null
  guards?: Guards
  /** Of a schedule: however often its run is planned, one of its plans is started. */
  scheduleRunId?: number
  lane?: Lane
}

/** A backfill that is still being planned: `savePlanned` says what it froze and expects. */
export async function insertBackfill(trx: Trx, backfill: NewBackfill): Promise<number> {
  const { filter, actor, reason, concurrency, kind = 'extract', mapping = null, fields = null } = backfill
  const { scheduleRunId = null, lane } = backfill
  // The cost can be changed later, and is read by every call: it stands in a column.
  const { maxCostUsd = null, ...guards } = backfill.guards ?? {}
  const { id } = await trx
    .insertInto('backfills')
    .values({
      state: 'planned',
      run_id: null,
      actor: actorLabel(actor),
      reason,
      filter: json(filter),
      guards: json(guards),
      max_cost_usd: maxCostUsd,
      frozen: json({}),
      estimate: json({}),
      schedule_run_id: scheduleRunId,
      started_at: null,
      ended_at: null,
      kind,
      mapping,
      fields,
      ...(concurrency === undefined ? {} : { concurrency }),
      ...(lane && { lane: lane.lane, deadline_at: lane.deadlineAt }),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** What a plan froze and expects. */
export async function savePlanned(
  trx: Trx,
  id: number,
  planned: { frozen: Frozen; estimate: Estimate; planId?: number },
): Promise<void> {
  const { frozen, estimate, planId = null } = planned
  await trx
    .updateTable('backfills')
    .set({ frozen: json(frozen), estimate: json(estimate), plan_id: planId })
    .where('id', '=', id)
    .execute()
}

/** Forgets a backfill whose plan did not come to its end. */
export async function discardPlanned(trx: Trx, id: number, planId: number | null): Promise<void> {
  await trx.deleteFrom('backfills').where('id', '=', id).where('state', '=', 'planned').execute()
  if (planId !== null) await discardPlan(trx, planId)
}

export async function discardPlan(db: Db | Trx, planId: number): Promise<void> {
  await db.deleteFrom('plans').where('id', '=', planId).execute()
}

/** Removes exact plans whose time is over, unless they are being applied. */
export async function dropExpiredPlans(db: Db): Promise<void> {
  await sql`
    delete from plans
    where expires_at < now()
      and not exists (select from backfills where plan_id = plans.id and state in ('running', 'paused', 'stopped'))
      and not exists (select from contributions where run_id = plans.run_id and state in ('held', 'pending'))
  `.execute(db)
}

/** The newest backfills first. */
export async function listBackfills(db: Db, most = 50): Promise<Backfill[]> {
  const rows = await db.selectFrom('backfills').selectAll().orderBy('id', 'desc').limit(most).execute()
  return rows.map(toBackfill)
}

/**
 * Moves a backfill from one of `from` to `to`; the state stands in the WHERE, so of two people who press at once one is
 * told (`backfill.state`, 409) what the other made of it. A move ends a parking: who resumes it wants it tried again.
 */
export async function moveBackfill(
  trx: Trx,
  id: number,
  from: BackfillState[],
  to: BackfillState,
  also: {
    run_id?: number
    started_at?: Date
    ended_at?: Date
    canary_passed_at?: Date
    paused_why?: string | null
  } = {},
): Promise<Backfill> {
  const row = await trx
    .updateTable('backfills')
    .set({ state: to, ...notParked, paused_why: null, ...also })
    .where('id', '=', id)
    .where('state', 'in', from)
    .returningAll()
    .executeTakeFirst()
  if (row) return toBackfill(row)
  const { state } = await getBackfill(trx, id)
  const instead = state === 'stopped' ? `: afterword backfill go-on ${id}, or cancel ${id}` : ''
  throw new AppError(
    'backfill.state',
    'skip',
    `backfill ${id} is ${state}; only one that is ${from.join(' or ')} can be ${to}${instead}`,
    {
      status: 409,
    },
  )
}

/** Told to who would go on with a backfill that is undone. */
export function undone(id: number): AppError {
  const message = `backfill ${id} is undone: what it would find could not count`
  return new AppError('backfill.undone', 'skip', message, { status: 409 })
}

/** Backfills that are running, not parked, and still have something to do: where a lost wake-up is made good. */
export async function runningBackfills(db: Db): Promise<Pick<Backfill, 'id' | 'lane'>[]> {
  const running = db.selectFrom('backfills').select(['id', 'lane']).where('state', '=', 'running')
  return running.where('parked_at', 'is', null).execute()
}

/** Running backfills that stand still because a spending limit leaves too little or the provider is out of credit. */
export async function parkedBackfills(db: Db): Promise<Backfill[]> {
  const parked = db.selectFrom('backfills').selectAll().where('state', '=', 'running')
  return (await parked.where('parked_at', 'is not', null).orderBy('id').execute()).map(toBackfill)
}
