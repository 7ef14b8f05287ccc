import { sql } from 'kysely'
import type { Db, Trx } from '../db/index.ts'
import { dayHold, type Hold, type Paces, quietHold } from '../limits/index.ts'

/** How soon a record is pushed: what a person asks for never waits behind a backfill, and goes on in quiet hours too. */
export const priorities = { interactive: 10, trigger: 8, live: 5, background: 0 } as const

/** How long background work waits for company, so that a backfill fills whole batches instead of writing contact by contact. */
export const lingerSeconds = 2

/**
 * Marks records for push. A record marked already moves on in `seq`, so that a push under way leaves its mark standing.
 * Background marks linger; a record that is wanted sooner is pushed sooner.
 */
export async function markRecords(
  trx: Trx,
  mark: { connection: string; recordIds: readonly number[]; priority: number; reason: string; runId?: number },
): Promise<void> {
  const { connection, priority, reason, runId = null } = mark
  const waitSeconds = priority === priorities.background ? lingerSeconds : 0
  const recordIds = [...new Set(mark.recordIds)].sort((a, b) => a - b)
  if (recordIds.length === 0) return
  await sql`
    insert into marks (connection, record_id, seq, priority, not_before, reason, run_id)
    select ${connection}::text, record_id, nextval('marks_seq'), ${priority}::int,
      now() + make_interval(secs => ${waitSeconds}), ${reason}::text, ${runId}::bigint
    from unnest(${recordIds}::bigint[]) as record_id
    on conflict (connection, record_id) do update set
      seq = excluded.seq, priority = greatest(marks.priority, excluded.priority),
      reason = case marks.reason when ${retryReason} then marks.reason else excluded.reason end,
      run_id = greatest(marks.run_id, excluded.run_id), not_before = least(marks.not_before, excluded.not_before)
  `.execute(trx)
}

/** `isRetry`: a person wants tried again what the CRM has refused, or set back. */
export type Mark = { recordId: number; seq: number; runId: number | null; isRetry: boolean }

/** Why a record is marked that a person wants tried again; it stays why until the push, whoever else marks the record. */
export const retryReason = 'retry'
/** Why a record stays marked whose cells are done, and an activity of which has to wait. */
export const activityReason = 'activity'

/**
 * The marks to push next, of one CRM object, at least one: by priority, then in the order they were made. With a background mark
 * whose time has come go those that still linger, and a full batch lingers no more; who is wanted sooner takes nobody along, and
 * waits for its own time. Only marks of priority `atLeast` and higher, and none of the records that are `except`ed.
 */
export async function nextMarks(
  db: Db,
  connection: string,
  most: number,
  atLeast: number = priorities.background,
  except: readonly number[] = [],
): Promise<{ object: string; marks: Mark[]; isBackground: boolean } | null> {
  const { rows } = await sql<Mark & { object: string; priority: number; waits: boolean }>`
    select marks.record_id as "recordId", marks.seq, marks.run_id as "runId", crm_records.object, marks.priority,
      marks.reason = ${retryReason} as "isRetry",
      marks.not_before > now() as waits
    from marks join crm_records on crm_records.id = marks.record_id
    where marks.connection = ${connection} and marks.priority >= ${atLeast}
      and marks.record_id <> all (${except}::bigint[])
      and marks.not_before <= now()
        + make_interval(secs => case when marks.priority = ${priorities.background} then ${lingerSeconds}::float8 else 0 end)
    order by marks.priority desc, marks.seq
    limit ${most}
  `.execute(db)
  const [first] = rows
  if (!first || (rows.length < most && rows.every((row) => row.waits))) return null
  const together = rows.filter((row) => row.object === first.object)
  const isBackground = first.priority === priorities.background
  const marks = isBackground ? together : together.filter((row) => !row.waits)
  return {
    object: first.object,
    marks: marks.map(({ recordId, seq, runId, isRetry }) => ({ recordId, seq, runId, isRetry })),
    isBackground,
  }
}

/** Takes back marks that have not moved on since they were read. */
export async function clearMarks(trx: Trx, connection: string, marks: readonly Mark[]): Promise<void> {
  const recordIds = marks.map((mark) => mark.recordId)
  const seqs = marks.map((mark) => mark.seq)
  await sql`
    delete from marks
    using unnest(${recordIds}::bigint[], ${seqs}::bigint[]) as taken (record_id, seq)
    where marks.connection = ${connection} and marks.record_id = taken.record_id and marks.seq = taken.seq
  `.execute(trx)
}

/**
 * A mark that stays, and in how many ms it is tried again; `runId`: for this run, where it is newer than the one that marked it;
 * `reason`: for this, where what it was made for is done.
 */
export type Delay = { mark: Mark; delayMs: number; runId?: number | null; reason?: string }

/** Not now: the marks stay, each to be tried again after its `delayMs`. One that has moved on meanwhile is wanted sooner. */
export async function delayMarks(trx: Trx, connection: string, delays: readonly Delay[]): Promise<void> {
  if (delays.length === 0) return
  const rows = [...delays].sort((a, b) => a.mark.recordId - b.mark.recordId)
  await sql`
    with delayed as (
      select marks.record_id, delayed.delay_ms, delayed.run_id, delayed.reason
      from marks
      join unnest(
        ${rows.map(({ mark }) => mark.recordId)}::bigint[], ${rows.map(({ mark }) => mark.seq)}::bigint[], ${rows.map((row) => row.delayMs)}::float8[],
        ${rows.map(({ runId = null }) => runId)}::bigint[], ${rows.map(({ reason = null }) => reason)}::text[]
      ) as delayed (record_id, seq, delay_ms, run_id, reason) using (record_id, seq)
      where marks.connection = ${connection}
      order by marks.record_id
      for update of marks
    )
    update marks set not_before = now() + make_interval(secs => delayed.delay_ms / 1000),
      run_id = greatest(marks.run_id, delayed.run_id), reason = coalesce(delayed.reason, marks.reason)
    from delayed
    where marks.connection = ${connection} and marks.record_id = delayed.record_id
  `.execute(trx)
}

/** Connections that have something to push now, but for those whose quiet hours or day of calls hold all of it, or that have refused us. */
export async function markedConnections(db: Db, paces: Paces = new Map(), now = new Date()): Promise<string[]> {
  const rows = await db
    .selectFrom((eb) =>
      eb
        .selectFrom('marks')
        .select(['connection', 'priority', 'not_before'])
        .unionAll(eb.selectFrom('creation_marks').select(['connection', 'priority', 'not_before']))
        .as('marked'),
    )
    .select((eb) => ['connection', eb.fn.max('priority').as('priority')])
    .where('not_before', '<=', sql<Date>`now()`)
    .where('connection', 'not in', stopped(db))
    .groupBy('connection')
    .execute()
  const due = await Promise.all(
    rows.map(async ({ connection, priority }) => {
      const day = await dayHold({ db, now: () => now }, connection)
      const least = leastPriority(quietHold(paces, connection, now) ?? day)
      return day?.isUsedUp || priority < least ? [] : [connection]
    }),
  )
  return due.flat()
}

/** Connections whose pushes the CRM has refused, and that are not asked yet. */
function stopped(db: Db) {
  return db
    .selectFrom('connection_stops')
    .select('connection')
    .where('work', '=', 'push')
    .where('retry_at', '>', sql<Date>`clock_timestamp()`)
}

/** What is pushed: in quiet hours only what a person asked for by hand. */
export function leastPriority(quiet: Hold | null): number {
  return quiet === null ? priorities.background : priorities.interactive
}

/** Whether anything of a connection waits to be pushed, or to be created, now or later. */
export async function isMarked(db: Db, connection: string): Promise<boolean> {
  const { rows } = await sql<{ isMarked: boolean }>`
    select exists (select from marks where connection = ${connection})
      or exists (select from creation_marks where connection = ${connection}) as "isMarked"`.execute(db)
  return rows[0]?.isMarked ?? false
}
