import { sql } from 'kysely'
import type { Db } from '../../db/index.ts'

export type CallDayRow = {
  beganAt: Date
  endsAt: Date
  /** Ours since it began. */
  calls: number
  most: number | null
  remaining: number | null
  firstRemaining: number | null
  kept: number
  learnAt: Date
}

/** What a CRM last told of the account's day. `most` is null where it told only what is left. */
export type Usage = { most: number | null; remaining: number; toldAt: Date }

const columns = sql`began_at as "beganAt", ends_at as "endsAt", calls, most, remaining,
  first_remaining as "firstRemaining", kept, learn_at as "learnAt"`

/**
 * Counts so many calls of a connection's day, in one statement, and begins a new day where the last is over. What was told
 * within this day counts for more than what we have counted; between two tellings our own calls are taken off.
 */
export async function countCalls(
  deps: { db: Db },
  connection: string,
  day: {
    calls: number
    now: Date
    endsAt: Date
    mostPerDay: number | null
    told: Usage | null
    learnAfterMs: number | null
  },
): Promise<CallDayRow> {
  const { calls, now, endsAt, mostPerDay, told } = day
  const learnAt = told && day.learnAfterMs !== null ? new Date(told.toldAt.getTime() + day.learnAfterMs) : endsAt
  const isOver = sql`d.ends_at <= ${now}::timestamptz`
  const isTold = sql`coalesce(${told?.toldAt ?? null}::timestamptz >= d.began_at, false)`
  // A process that does not know the account's zone yet takes the day to end at another time: the next call puts it right.
  const isFixed = sql`${day.learnAfterMs === null}::boolean`
  const most = sql`${mostPerDay}::int`
  const { rows } = await sql<CallDayRow>`
    insert into call_days as d (connection, began_at, ends_at, learn_at, calls, most, remaining, first_remaining)
    values (${connection}, ${now}, ${endsAt}, ${learnAt}, ${calls}::int, coalesce(${told?.most ?? null}::int, ${most}),
      coalesce(${told?.remaining ?? null}::int, ${most}) - ${calls}::int, coalesce(${told?.remaining ?? null}::int, ${most}))
    on conflict (connection) do update set
      began_at = case when ${isOver} then excluded.began_at else d.began_at end,
      ends_at = case when ${isOver} or ${isFixed} then excluded.ends_at else d.ends_at end,
      learn_at = case when ${isOver} or ${isFixed} then excluded.ends_at when ${isTold} then excluded.learn_at else d.learn_at end,
      calls = case when ${isOver} then 0 else d.calls end + ${calls}::int,
      most = case when ${isOver} then ${most} when ${isTold} then coalesce(excluded.most, d.most) else d.most end,
      remaining = case when ${isOver} then ${most} when ${isTold} then ${told?.remaining ?? null}::int else d.remaining end
        - ${calls}::int,
      first_remaining = case when ${isOver} then ${most}
        else coalesce(d.first_remaining, case when ${isTold} then ${told?.remaining ?? null}::int end) end,
      kept = case when ${isOver} then 0 else d.kept end
    returning ${columns}
  `.execute(deps.db)
  const [row] = rows
  if (!row) throw new Error('an upsert returns its row')
  return row
}

/** How many calls background work leaves to others from now on. */
export async function keepCalls(deps: { db: Db }, connection: string, kept: number): Promise<void> {
  await deps.db.updateTable('call_days').set({ kept }).where('connection', '=', connection).execute()
}

/** A person looks: whether a day that was used up still is, the next call's answer tells. */
export async function forgetUsedUp(db: Db, connection: string): Promise<void> {
  const day = db.updateTable('call_days').set({ remaining: null }).where('connection', '=', connection)
  await day.where('remaining', '<=', 0).execute()
}

export async function findDay(deps: { db: Db }, connection: string): Promise<CallDayRow | undefined> {
  const { rows } = await sql<CallDayRow>`select ${columns} from call_days where connection = ${connection}`.execute(
    deps.db,
  )
  return rows[0]
}
