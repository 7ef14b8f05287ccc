import { sql } from 'kysely'
import type { Db, Trx } from '../../db/index.ts'

/** That a provider is not asked, and when it is asked again by one call. */
export type ProviderPause = { why: string; since: Date; retryMs: number; askedMsAgo: number }

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
 * Pauses a provider for all processes, and returns the pause that stands then. One that was asked again (`isProbe`) and refused
 * waits longer; of the calls that were under way with the first, none makes it longer.
 */
export async function pauseProvider(
  deps: { db: Db },
  provider: string,
  { why, isProbe }: { why: string; isProbe: boolean },
): Promise<ProviderPause | null> {
  const minute = sql`interval '1 minute'`
  await sql`
    insert into provider_pauses as p (provider, why, retry_at)
    values (${provider}, ${why}, clock_timestamp() + ${waitMinutes.first}::int * ${minute})
    on conflict (provider) do update
    set why = excluded.why, refusals = p.refusals + 1, asked_at = clock_timestamp(),
      retry_at = clock_timestamp() + least(${waitMinutes.longest}::float8, ${waitMinutes.first}::float8 * 2 ^ least(p.refusals, 10)) * ${minute}
    where ${isProbe}::boolean`.execute(deps.db)
  return readPause(deps.db, provider)
}

/** Whether a paused provider may be asked by one call now. Pure; the database decides in `takeProbe`. */
export function mayProbe({ retryMs, askedMsAgo }: ProviderPause, { byHand }: { byHand: boolean }): boolean {
  return retryMs <= 0 || (byHand && askedMsAgo >= byHandSeconds * 1000)
}

/** Takes leave to ask a paused provider once: of all that want to, in all processes, one gets it. */
export async function takeProbe(deps: { db: Db }, provider: string, { byHand }: { byHand: boolean }): Promise<boolean> {
  const { rows } = await sql`
    update provider_pauses
    set asked_at = clock_timestamp(), retry_at = clock_timestamp() + ${askingMinutes}::int * interval '1 minute'
    where provider = ${provider} and (retry_at <= clock_timestamp()
      or (${byHand}::boolean and asked_at <= clock_timestamp() - ${byHandSeconds}::int * interval '1 second'))
    returning provider`.execute(deps.db)
  return rows.length > 0
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
