import type { Selectable } from 'kysely'
import type { BackfillState, Database, Db, Trx } from '../db/index.ts'
import { AppError, notFound } from '../errors.ts'
import type { Filter } from '../filters/index.ts'
import type { Backfill, Estimate, Frozen, Parked } from './types.ts'

function toBackfill(row: Selectable<Database['backfills']>): Backfill {
  return {
    id: row.id,
    runId: row.run_id,
    state: row.state,
    parked: toParked(row),
    actor: row.actor,
    reason: row.reason,
    // Written by planBackfill from these types, and by nothing else.
    filter: row.filter as Filter,
    frozen: row.frozen as Frozen,
    estimate: row.estimate as Estimate,
    concurrency: row.concurrency,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  }
}

function toParked(row: Selectable<Database['backfills']>): Parked | null {
  const { parked_at: since, parked_until: until, parked_why, parked_needs_usd } = row
  return since && until ? { since, until, why: parked_why ?? '', needsUsd: parked_needs_usd ?? 0 } : null
}

/** The columns of a backfill that is not parked. */
export const notParked = { parked_at: null, parked_until: null, parked_why: null, parked_needs_usd: null }

export async function getBackfill(db: Db, id: number): Promise<Backfill> {
  const row = await db.selectFrom('backfills').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw notFound('backfill', String(id))
  return toBackfill(row)
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
  also: { run_id?: number; started_at?: Date; ended_at?: Date } = {},
): Promise<Backfill> {
  const row = await trx
    .updateTable('backfills')
    .set({ state: to, ...notParked, ...also })
    .where('id', '=', id)
    .where('state', 'in', from)
    .returningAll()
    .executeTakeFirst()
  if (row) return toBackfill(row)
  const { state } = await getBackfill(trx, id)
  throw new AppError(
    'backfill.state',
    'skip',
    `backfill ${id} is ${state}; only one that is ${from.join(' or ')} can be ${to}`,
    {
      status: 409,
    },
  )
}

/** Backfills that are running, not parked, and still have something to do: where a lost wake-up is made good. */
export async function runningBackfills(db: Db): Promise<number[]> {
  const running = db.selectFrom('backfills').select('id').where('state', '=', 'running')
  const rows = await running.where('parked_at', 'is', null).execute()
  return rows.map((row) => row.id)
}

/** Running backfills that stand still because a spending limit leaves too little. */
export async function parkedBackfills(db: Db): Promise<Backfill[]> {
  const parked = db.selectFrom('backfills').selectAll().where('state', '=', 'running')
  return (await parked.where('parked_at', 'is not', null).orderBy('id').execute()).map(toBackfill)
}
