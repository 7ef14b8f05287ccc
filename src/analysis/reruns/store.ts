import { type Selectable, sql } from 'kysely'
import { type Database, type Db, json, type Trx } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import type { AnalysisResult } from '../types.ts'

/** What two reruns have in common of which the second joins the first. */
export type Asked = { conversationId: string; requestHash: string; isPreview: boolean }

/** A rerun as others see it. `isHeld`: the process that asks is alive, as far as is known. */
export type KnownRerun = {
  id: number
  conversationId: string
  runId: number
  isPreview: boolean
  fields: string[] | null
  state: 'waiting' | 'running' | 'ended'
  isHeld: boolean
  result: RerunResult | null
  error: AppError | null
  askedAt: Date
  endedAt: Date | null
}

export type RerunResult = Pick<AnalysisResult, 'outcome' | 'reason' | 'number' | 'cached' | 'costUsd'>

/** A holder that has not been heard of for so long is dead, and is looked after this often. */
const leaseSeconds = 15
export const beatMs = 4_000

const heldUntil = sql<Date>`now() + make_interval(secs => ${leaseSeconds})`

/** How long one that has ended can be asked after. */
const rememberedFor = sql`interval '1 day'`

export async function findRunning(trx: Trx, { conversationId, requestHash }: Asked): Promise<KnownRerun | undefined> {
  return selectRerun(trx, (query) =>
    query
      .where('conversation_id', '=', conversationId)
      .where('request_hash', '=', requestHash)
      .where('state', '=', 'running'),
  )
}

export async function readRerun(db: Db | Trx, id: number): Promise<KnownRerun | undefined> {
  return selectRerun(db, (query) => query.where('id', '=', id))
}

/** Every rerun of one run, in the order in which they were asked for. */
export async function rerunsOf(db: Db, runId: number): Promise<KnownRerun[]> {
  const rows = await rerunQuery(db).where('run_id', '=', runId).orderBy('id').execute()
  return rows.map(toRerun)
}

function rerunQuery(db: Db | Trx) {
  return db.selectFrom('reruns').selectAll().select(sql<boolean>`coalesce(held_until > now(), false)`.as('is_held'))
}

async function selectRerun(
  db: Db | Trx,
  narrow: (query: ReturnType<typeof rerunQuery>) => ReturnType<typeof rerunQuery>,
): Promise<KnownRerun | undefined> {
  const row = await narrow(rerunQuery(db)).executeTakeFirst()
  return row && toRerun(row)
}

function toRerun(row: Selectable<Database['reruns']> & { is_held: boolean }): KnownRerun {
  const { outcome, reason, error } = row
  return {
    id: row.id,
    conversationId: row.conversation_id,
    runId: row.run_id,
    isPreview: row.is_preview,
    fields: row.fields,
    state: row.state,
    isHeld: row.is_held,
    result:
      outcome === null
        ? null
        : {
            outcome,
            ...(reason !== null && { reason }),
            ...(row.analysis_number !== null && { number: row.analysis_number }),
            cached: row.cached,
            costUsd: row.cost_usd,
          },
    error:
      error && new AppError(error.code, error.recovery, error.message, error.status ? { status: error.status } : {}),
    askedAt: row.asked_at,
    endedAt: row.ended_at,
  }
}

/** Adds reruns of one run that wait for a worker. */
export async function insertWaiting(
  trx: Trx,
  { conversationIds, runId, fields }: { conversationIds: string[]; runId: number; fields: string[] | null },
): Promise<number[]> {
  const rows = await trx
    .insertInto('reruns')
    .values(
      conversationIds.map((conversation_id) => ({ conversation_id, run_id: runId, fields, state: 'waiting' as const })),
    )
    .returning('id')
    .execute()
  return rows.map((row) => row.id)
}

/** Adds one that is under way. Fails where another asks the same: look first, under the lock. */
export async function insertRunning(
  trx: Trx,
  { conversationId, requestHash, isPreview, runId, holder }: Asked & { runId: number; holder: string },
): Promise<number> {
  const { id } = await trx
    .insertInto('reruns')
    .values({
      conversation_id: conversationId,
      run_id: runId,
      is_preview: isPreview,
      state: 'running',
      request_hash: requestHash,
      holder,
      held_until: heldUntil,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** Takes one up, that waits or whose holder died. Returns false where it has ended, or its holder lives. */
export async function takeRerun(trx: Trx, id: number, { requestHash }: Asked, holder: string): Promise<boolean> {
  const row = await trx
    .updateTable('reruns')
    .set({ state: 'running', request_hash: requestHash, holder, held_until: heldUntil })
    .where('id', '=', id)
    .where((eb) =>
      eb.or([eb('state', '=', 'waiting'), eb.and([eb('state', '=', 'running'), sql<boolean>`held_until <= now()`])]),
    )
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** Says that the holder lives. */
export async function holdOn(db: Db, id: number, holder: string): Promise<void> {
  await db
    .updateTable('reruns')
    .set({ held_until: heldUntil })
    .where('id', '=', id)
    .where('holder', '=', holder)
    .execute()
}

/** Leaves one whose holder died to whoever takes it up: another is under way that asks the same. */
export async function leaveWaiting(trx: Trx, id: number): Promise<void> {
  await trx
    .updateTable('reruns')
    .set({ state: 'waiting', holder: null, held_until: null })
    .where('id', '=', id)
    .where('state', '=', 'running')
    .where(sql<boolean>`held_until <= now()`)
    .execute()
}

/** Notes how one ended. Once: of two who end it, the first is believed. */
export async function endRerun(db: Db, id: number, how: RerunResult | AppError): Promise<void> {
  const ended =
    how instanceof AppError
      ? {
          error: json({
            code: how.code,
            recovery: how.recovery,
            message: how.message,
            ...(how.status && { status: how.status }),
          }),
        }
      : {
          outcome: how.outcome,
          reason: how.reason ?? null,
          analysis_number: how.number ?? null,
          cached: how.cached,
          cost_usd: how.costUsd,
        }
  await db
    .updateTable('reruns')
    .set({ state: 'ended', holder: null, held_until: null, ended_at: sql<Date>`now()`, ...ended })
    .where('id', '=', id)
    .where('state', '<>', 'ended')
    .execute()
}

/** Forgets what has ended of a conversation long enough ago, so that nothing grows with every rerun. */
export async function forgetEnded(trx: Trx, conversationId: string): Promise<void> {
  await trx
    .deleteFrom('reruns')
    .where('conversation_id', '=', conversationId)
    .where(sql<boolean>`coalesce(ended_at, case when state = 'waiting' then asked_at end) < now() - ${rememberedFor}`)
    .execute()
}
