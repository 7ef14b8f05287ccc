import { type SelectQueryBuilder, sql } from 'kysely'
import type { BackfillState, Database, Db, ScheduleRunState, Trx } from '../../db/index.ts'
import { parseSchedule } from './parse-schedule.ts'
import type { Schedule } from './types.ts'

/** One in force, as every process has it; due times up to `since` are none of it, and `lastDue` is the newest that was seen to. */
export type Standing = { schedule: Schedule; since: Date; lastDue: Date | null }

// A text never changes under its hash, so a parse is good for as long as the process lives.
const parsed = new Map<string, Schedule>()

/** Those whose files are there, by name. One whose stored text no longer reads is left out: its file has the mistake too. */
export async function standingSchedules(db: Db): Promise<Standing[]> {
  return (await ofRows(db).where('schedules.active', '=', true).orderBy('schedules.name').execute()).flatMap(toStanding)
}

/** The one of this name, locked: nobody else begins a run of it before the transaction ends. */
export async function lockSchedule(trx: Trx, name: string): Promise<Standing | undefined> {
  const locked = trx.selectFrom('schedules').select('name').where('name', '=', name).where('active', '=', true)
  if (!(await locked.forUpdate().executeTakeFirst())) return undefined
  // In a statement of its own: who waited for the lock sees what its holder has done.
  return (await ofRows(trx).where('schedules.name', '=', name).execute()).flatMap(toStanding)[0]
}

type Row = { path: string; hash: string; text: string; since: Date; lastDue: Date | null }

function ofRows(db: Db): SelectQueryBuilder<Database, 'schedules' | 'schedule_files', Row> {
  return db
    .selectFrom('schedules')
    .innerJoin('schedule_files', 'schedule_files.hash', 'schedules.file_hash')
    .select(['schedules.path', 'schedule_files.hash', 'schedule_files.text', 'schedules.since'])
    .select((eb) =>
      eb
        .selectFrom('schedule_runs')
        .select((runs) => runs.fn.max('due_at').as('due'))
        .whereRef('schedule_runs.schedule', '=', 'schedules.name')
        .as('lastDue'),
    )
}

function toStanding({ since, lastDue, ...file }: Row): Standing[] {
  const schedule = readStored(file)
  return schedule === null ? [] : [{ schedule, since, lastDue }]
}

function readStored({ path, hash, text }: Pick<Row, 'path' | 'hash' | 'text'>): Schedule | null {
  const key = `${path}\n${hash}`
  const known = parsed.get(key)
  if (known) return known
  const result = parseSchedule(text, path)
  if ('problems' in result) return null
  parsed.set(key, result.schedule)
  return result.schedule
}

/** A due time of a schedule, or a run by hand, and what became of it. */
export type ScheduleRun = {
  id: number
  schedule: string
  dueAt: Date | null
  askedBy: string | null
  missed: number
  state: ScheduleRunState
  why: string | null
  retryAt: Date | null
  claimedAt: Date
  backfill: { id: number; state: BackfillState; why: string | null } | null
}

function runRows(db: Db) {
  return db
    .selectFrom('schedule_runs as runs')
    .leftJoin('backfills', (join) =>
      join.onRef('backfills.schedule_run_id', '=', 'runs.id').on('backfills.state', '<>', 'planned'),
    )
    .select([
      'runs.id',
      'runs.schedule',
      'runs.due_at as dueAt',
      'runs.asked_by as askedBy',
      'runs.missed',
      'runs.state',
      'runs.why',
      'runs.retry_at as retryAt',
      'runs.claimed_at as claimedAt',
      'backfills.id as backfillId',
      'backfills.state as backfillState',
      sql<
        string | null
      >`coalesce(backfills.parked_why, case when backfills.state = 'stopped' then backfills.canary_why end)`.as(
        'backfillWhy',
      ),
    ])
}

type RunRow = Awaited<ReturnType<ReturnType<typeof runRows>['executeTakeFirstOrThrow']>>

function toRun({ backfillId: id, backfillState: state, backfillWhy: why, ...run }: RunRow): ScheduleRun {
  return { ...run, backfill: id === null || state === null ? null : { id, state, why } }
}

export async function getRun(db: Db, id: number): Promise<ScheduleRun> {
  return toRun(await runRows(db).where('runs.id', '=', id).executeTakeFirstOrThrow())
}

/** The newest run of each schedule that has one, by name. */
export async function newestRuns(db: Db): Promise<Map<string, ScheduleRun>> {
  const newest = db
    .selectFrom('schedule_runs')
    .select((eb) => eb.fn.max('id').as('id'))
    .groupBy('schedule')
  const rows = await runRows(db).where('runs.id', 'in', newest).execute()
  return new Map(rows.map((row) => [row.schedule, toRun(row)]))
}

/** The run of a schedule that has not come to its end, if there is one. */
export async function goingRun(trx: Trx, schedule: string): Promise<ScheduleRun | undefined> {
  const row = await runRows(trx)
    .where('runs.schedule', '=', schedule)
    .where((eb) =>
      eb.or([eb('runs.state', '=', 'claimed'), eb('backfills.state', 'in', ['running', 'paused', 'stopped'])]),
    )
    .orderBy('runs.id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && toRun(row)
}

export type NewRun = {
  schedule: Pick<Schedule, 'name' | 'hash'>
  dueAt: Date | null
  askedBy: string | null
  missed: number
  /** Null: it is to be started. */
  skippedFor: string | null
  /** Whoever claims it starts it; others not before. */
  retryAt?: Date
  at: Date
}

/** The database has each due time once. */
export async function insertRun(
  trx: Trx,
  { schedule, dueAt, askedBy, missed, skippedFor, retryAt, at }: NewRun,
): Promise<number> {
  const { id } = await trx
    .insertInto('schedule_runs')
    .values({
      schedule: schedule.name,
      file_hash: schedule.hash,
      due_at: dueAt,
      asked_by: askedBy,
      missed,
      state: skippedFor === null ? 'claimed' : 'skipped',
      why: skippedFor,
      retry_at: retryAt ?? null,
      claimed_at: at,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** Ends a run that is on its way, or says when it is tried again; false where it is no longer. */
export async function moveRun(
  db: Db | Trx,
  id: number,
  to: { state: ScheduleRunState; why?: string | null; retry_at?: Date | null },
): Promise<boolean> {
  const moved = db.updateTable('schedule_runs').set(to).where('id', '=', id).where('state', '=', 'claimed')
  return (await moved.executeTakeFirst()).numUpdatedRows > 0n
}

/** Runs that are on their way and may be started now. */
export async function claimedRuns(db: Db, now: Date): Promise<number[]> {
  const claimed = db.selectFrom('schedule_runs').select('id').where('state', '=', 'claimed')
  const rows = await claimed.where((eb) => eb.or([eb('retry_at', 'is', null), eb('retry_at', '<=', now)])).execute()
  return rows.map((row) => row.id)
}

/** Forgets what came to nothing before a time, but not the newest. */
export async function dropOldRuns(trx: Trx, schedule: string, before: Date): Promise<void> {
  await trx
    .deleteFrom('schedule_runs')
    .where('schedule', '=', schedule)
    .where('state', 'not in', ['claimed', 'started'])
    .where('claimed_at', '<', before)
    .execute()
}

/** The schedule as it was in force when a run of it was claimed. */
export async function scheduleOf(db: Db, runId: number): Promise<Schedule | null> {
  const row = await db
    .selectFrom('schedule_runs')
    .innerJoin('schedules', 'schedules.name', 'schedule_runs.schedule')
    .innerJoin('schedule_files', 'schedule_files.hash', 'schedule_runs.file_hash')
    .select(['schedules.path', 'schedule_files.hash', 'schedule_files.text'])
    .where('schedule_runs.id', '=', runId)
    .executeTakeFirstOrThrow()
  return readStored(row)
}

/** Backfills planned for a run and never started: a crash has left them, or what changed in between. */
export async function unstartedPlans(db: Db, runId: number): Promise<{ id: number; planId: number | null }[]> {
  return db
    .selectFrom('backfills')
    .select(['id', 'plan_id as planId'])
    .where('schedule_run_id', '=', runId)
    .where('state', '=', 'planned')
    .execute()
}
