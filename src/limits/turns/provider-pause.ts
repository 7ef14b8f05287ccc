import { sql } from 'kysely'
import type { Db, Trx } from '../../db/index.ts'

/** That a provider is not asked, and when it is asked again by one call. */
export type ProviderPause = { why: string; since: Date; retryMs: number; askedMsAgo: number }

/** Leave to ask a paused provider once: because it is `due`, or `early` because somebody waits. */
export type Probe = 'due' | 'early'

/** The first wait is doubled with every refusal, up to the longest: soon after credit was bought, and seldom enough to bother nobody. */
const waitMinutes = { first: 5, longest: 60 }
/** Who was allowed to ask and has not come back by then does not keep others from it. */
const askingMinutes = 2
/** Somebody who waits may ask before the time, but not again and again. */
const byHandSeconds = 10

/** The pause that stands for a provider, if any. */
export async function readPause(db: Db | Trx, provider: string): Promise<ProviderPause | null> {
  const { rows } = await sql<ProviderPause>`
    select why, since, (extract(epoch from retry_at - clock_timestamp()) * 1000)::float8 as "retryMs",
      (extract(epoch from clock_timestamp() - asked_at) * 1000)::float8 as "askedMsAgo"
    from provider_pauses where provider = ${provider}`.execute(db)
  return rows[0] ?? null
}

/**
 * Pauses a provider for all processes, and returns the pause that stands then. One that was asked again when it was due and refused
 * waits longer; neither who asked early nor, of the calls that were under way with the first, any makes it longer.
 */
export async function pauseProvider(
  deps: { db: Db },
  provider: string,
  { why, probe }: { why: string; probe: Probe | null },
): Promise<ProviderPause | null> {
  const minute = sql`interval '1 minute'`
  const isDue = sql`${probe === 'due'}::boolean`
  await sql`
    insert into provider_pauses as p (provider, why, retry_at)
    values (${provider}, ${why}, clock_timestamp() + ${waitMinutes.first}::int * ${minute})
    on conflict (provider) do update
    set why = excluded.why, asked_at = clock_timestamp(), refusals = p.refusals + ${isDue}::int,
      retry_at = case when ${isDue} then clock_timestamp()
        + least(${waitMinutes.longest}::float8, ${waitMinutes.first}::float8 * 2 ^ least(p.refusals, 10)) * ${minute} else p.retry_at end
    where ${probe !== null}::boolean`.execute(deps.db)
  return readPause(deps.db, provider)
}

/** Whether a paused provider may be asked by one call now. Pure; the database decides in `takeProbe`. */
export function mayProbe({ retryMs, askedMsAgo }: ProviderPause, { byHand }: { byHand: boolean }): boolean {
  return retryMs <= 0 || (byHand && askedMsAgo >= byHandSeconds * 1000)
}

/**
 * Takes leave to ask a paused provider once: of all that want to, in all processes, one gets it. The time of the next who is due is
 * left alone by one who is not.
 */
export async function takeProbe(
  deps: { db: Db },
  provider: string,
  { byHand }: { byHand: boolean },
): Promise<Probe | null> {
  const { rows } = await sql<{ probe: Probe }>`
    with standing as (
      select provider, retry_at <= clock_timestamp() as is_due from provider_pauses
      where provider = ${provider} and (retry_at <= clock_timestamp()
        or (${byHand}::boolean and asked_at <= clock_timestamp() - ${byHandSeconds}::int * interval '1 second'))
      for update
    )
    update provider_pauses as p
    set asked_at = clock_timestamp(),
      retry_at = case when is_due then clock_timestamp() + ${askingMinutes}::int * interval '1 minute' else retry_at end
    from standing where p.provider = standing.provider
    returning case when is_due then 'due' else 'early' end as probe`.execute(deps.db)
  return rows[0]?.probe ?? null
}

/** Ends a pause: the provider has answered. Twice is safe. */
export async function liftPause(deps: { db: Db }, provider: string): Promise<void> {
  await deps.db.deleteFrom('provider_pauses').where('provider', '=', provider).execute()
}

/** Lets the next call ask a paused provider, because a person says so. Where none is paused, nothing happens. */
export async function endWait(trx: Db | Trx, provider: string): Promise<void> {
  await sql`update provider_pauses set retry_at = least(retry_at, clock_timestamp()) where provider = ${provider}`.execute(
    trx,
  )
}
