import { sql } from 'kysely'
import { type Db, json } from '../../db/index.ts'

/** What a process asks of one meter: `held` is what it has left of its last lease, given back first; below zero, what it took too much. */
export type MeterAsk = {
  meter: string
  kind: string
  /** The meter of background calls, which pay the whole one of their kind beside: that gives them no more than this one. */
  isBackground: boolean
  wanted: number
  held: number
  /** A setting that holds even where the other side allows more. */
  cap: number | null
  /** What the other side said is left, where it did since the last lease. */
  remaining: number | null
}

export type MeterLease = {
  meter: string
  granted: number
  /** What is left for all after that. */
  level: number
  /** What can be free at most; whoever wants more goes when all of it is. */
  most: number
  perSecond: number
  /** What the other side named, before the cap; null where it has named nothing. */
  named: number | null
}

export type Leased = {
  /** How long the pace's bucket gives out no turn (`pauseBucket`). */
  heldMs: number
  isPaused: boolean
  meters: MeterLease[]
}

/**
 * Takes of each meter what is wanted and free, for all processes, in one statement; nobody waits. Also says whether the pace is
 * held or its provider paused. What neither the other side nor a cap limits is left out.
 *
 * A meter fills up to a twentieth of its minute (3 s worth). That and what flows in within a minute stay below its limit by
 * about a second's worth, in which a lease that was taken may be used: no window of 60 s holds more than the limit allows.
 */
export async function leaseMeters(
  deps: { db: Db },
  { provider, pace }: { provider: string; pace: string },
  asks: readonly MeterAsk[],
): Promise<Leased> {
  const { rows } = await sql<{ heldMs: number | null; isPaused: boolean; meters: MeterLease[] | null }>`
    with held as materialized (
      select meters.meter, meters.level, meters.filled_at, meters.per_minute as named, asked.kind, asked."isBackground",
        asked.held, asked.wanted, asked.remaining,
        least(meters.per_minute, asked.cap) as per_minute
      from meters join jsonb_to_recordset(${json(asks)}::jsonb) as asked(
        meter text, kind text, "isBackground" boolean, wanted float8, held float8, cap float8, remaining float8) using (meter)
      where least(meters.per_minute, asked.cap) is not null
      order by meters.meter
      for update of meters
    ), paced as materialized (
      select *, greatest(1, per_minute / 20) as most, (per_minute - greatest(1, per_minute / 20) + 1) / 61 as per_second,
        clock_timestamp() as at
      from held
    ), filled as (
      select *, least(most, remaining, level + held + per_second * greatest(0, extract(epoch from at - filled_at))::float8) as free
      from paced
    ), background as (
      select kind, greatest(0, least(wanted, free)) as granted from filled where "isBackground"
    ), granted as (
      select filled.*, greatest(0, least(filled.free,
        filled.wanted + case when filled."isBackground" then 0 else coalesce(background.granted, 0) end)) as granted
      from filled left join background using (kind)
    ), leased as (
      update meters set level = granted.free - granted.granted, filled_at = greatest(meters.filled_at, granted.at)
      from granted where meters.meter = granted.meter
      returning meters.meter, granted.granted, meters.level, granted.most, granted.per_second, granted.named
    )
    select
      (select extract(epoch from not_before - clock_timestamp())::float8 * 1000 from buckets
        where bucket = ${pace} and not_before > clock_timestamp()) as "heldMs",
      exists (select from provider_pauses where provider = ${provider}) as "isPaused",
      (select jsonb_agg(jsonb_build_object('meter', meter, 'granted', granted, 'level', level, 'most', most,
        'perSecond', per_second, 'named', named)) from leased) as meters`.execute(deps.db)
  const { heldMs = null, isPaused = false, meters = null } = rows[0] ?? {}
  return { heldMs: Math.ceil(heldMs ?? 0), isPaused, meters: meters ?? [] }
}

/** Sets what the other side named as limits, for all processes; null leaves it as it was. A new meter begins full. Twice is safe. */
export async function setMeters(
  deps: { db: Db },
  limits: readonly { meter: string; named: number | null }[],
): Promise<void> {
  await sql`
    insert into meters (meter, per_minute)
    select limits.meter, limits.named from jsonb_to_recordset(${json(limits)}::jsonb) as limits(meter text, named float8)
    order by limits.meter
    on conflict (meter) do update set per_minute = excluded.per_minute
    where meters.per_minute <> excluded.per_minute or (meters.per_minute is null and excluded.per_minute is not null)`.execute(
    deps.db,
  )
}
