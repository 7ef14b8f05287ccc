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
