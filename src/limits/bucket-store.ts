import { sql } from 'kysely'
import type { Db } from '../db/index.ts'

/** `burst` turns at once, then `perSecond` on average: no window of t seconds holds more than `burst + perSecond · t`. */
export type Rate = { perSecond: number; burst: number }

/**
 * Reserves the bucket's next free turn, for all processes, and says how long to wait for it (0: now). It is taken whether
 * it is used or not. GCRA in one statement: the row's lock orders the callers, the database's clock serves them all.
 */
export async function takeTurn(deps: { db: Db }, bucket: string, rate: Rate, cost = 1): Promise<{ waitMs: number }> {
  const step = sql`${cost / rate.perSecond}::float8 * interval '1 second'`
  const credit = sql`${rate.burst / rate.perSecond}::float8 * interval '1 second'`
  // After a pause the schedule starts at its end, so those who waited do not all leave in one burst.
  const { rows } = await sql<{ wait_ms: number }>`
    insert into buckets as b (bucket, tat)
    values (${bucket}, clock_timestamp() + ${step})
    on conflict (bucket) do update
      set tat = greatest(b.tat, b.not_before, clock_timestamp()) + ${step}
    returning
      (extract(epoch from greatest(b.tat - ${credit}, b.not_before) - clock_timestamp()) * 1000)::float8 as wait_ms
  `.execute(deps.db)
  return { waitMs: Math.max(0, Math.ceil(rows[0]?.wait_ms ?? 0)) }
}

/**
 * Gives out no turn of this bucket for so long; turns already given stand. The longer of two pauses counts.
 * A duration, because the clocks of our hosts differ from the database's.
 */
export async function pauseBucket(deps: { db: Db }, bucket: string, pauseMs: number): Promise<void> {
  await sql`
    insert into buckets as b (bucket, tat, not_before)
    values (${bucket}, clock_timestamp(), clock_timestamp() + ${pauseMs}::float8 * interval '1 millisecond')
    on conflict (bucket) do update set not_before = greatest(b.not_before, excluded.not_before)
  `.execute(deps.db)
}

/** How many turns of a bucket are free now, at most its burst. Takes none. */
export async function readTurns(deps: { db: Db }, bucket: string, rate: Rate): Promise<number> {
  const { rows } = await sql<{
    free: number
  }>`select ${freeOf(rate)} as free from buckets as b where bucket = ${bucket}`.execute(deps.db)
  return rows[0]?.free ?? rate.burst
}

/** Takes of the turns that are free now up to so many, and says how many it got. Nobody waits; what is not free is not taken. */
export async function takeTurns(deps: { db: Db }, bucket: string, rate: Rate, most: number): Promise<number> {
  await sql`insert into buckets (bucket, tat) values (${bucket}, clock_timestamp()) on conflict do nothing`.execute(
    deps.db,
  )
  const { rows } = await sql<{ taken: number }>`
    with free as (
      select b.bucket, least(${most}::int, ${freeOf(rate)}) as taken from buckets as b where b.bucket = ${bucket} for update
    )
    update buckets as b
    set tat = greatest(b.tat, clock_timestamp()) + free.taken * ${1 / rate.perSecond}::float8 * interval '1 second'
    from free where b.bucket = free.bucket
    returning free.taken
  `.execute(deps.db)
  return rows[0]?.taken ?? 0
}

/** The schedule may run ahead of the clock by the whole burst; what it does not is free. */
function freeOf({ perSecond, burst }: Rate) {
  const ahead = sql`extract(epoch from greatest(b.tat, clock_timestamp()) - clock_timestamp())::float8`
  return sql<number>`case when b.not_before > clock_timestamp() then 0
    else greatest(0, floor(${burst}::float8 - ${ahead} * ${perSecond}::float8 + 1e-6))::int end`
}
