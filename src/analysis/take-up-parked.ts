import { sql } from 'kysely'
import type { Db, Trx } from '../db/index.ts'
import { chargesOf } from '../limits/index.ts'
import { type Model, waysOf } from '../model/index.ts'

/** A job lost with its worker, or failed for good, is taken up once more after so long. */
const takenForMs = 3_600_000
const mostAtOnce = 500

/**
 * Takes up parked analyses that can be asked for now, the oldest first: those that wait for a limit as soon as it leaves enough for
 * them, those that wait for credit as soon as the provider answers again, all others when their time has come. Each is answered once, in the transaction that adds its job; ask again after some
 * seconds for more.
 */
export async function takeUpParked(
  trx: Trx,
  deps: { model: Model; now: () => Date },
): Promise<{ conversationId: string; runId: number }[]> {
  const now = deps.now()
  const at = sql<Date>`${now}::timestamptz`
  const providers = waysOf(deps.model).map(({ pacer }) => pacer.provider)
  const takenUntil = new Date(now.getTime() + takenForMs)
  const { rows } = await sql<{ conversationId: string; runId: number }>`
    with waiting as (
      select parked.*, runs.actor, runs.key_name from parked_analyses as parked join runs on runs.id = parked.run_id
      where parked.taken_until <= ${at}
    ), spenders as (
      -- No backfill parks an analysis: it is parked itself.
      select distinct null::bigint as id, actor, key_name from waiting where code = 'spending.limit'
    ), room as (
      select spenders.actor, spenders.key_name,
        min(charges.cap_usd - coalesce(budgets.spent_usd + budgets.reserved_usd, 0)) as usd
      from spenders cross join lateral ${chargesOf('spenders', at, deps.model.limits)} as charges
      left join budgets using (scope, period, starts_on)
      group by spenders.actor, spenders.key_name
    ), ranked as (
      select conversation_id, run_id, since, code, retry_at, room.usd as room_usd,
        sum(needs_usd) over (partition by waiting.actor, waiting.key_name, code order by since, conversation_id, run_id) as needs_usd
      from waiting left join room on room.actor = waiting.actor and room.key_name is not distinct from waiting.key_name
    ), next as (
      select conversation_id, run_id from ranked
      where case code when 'spending.limit' then room_usd is null or needs_usd <= room_usd
        when 'model.quota' then retry_at <= ${at} or not exists (select from provider_pauses where provider = any(${providers}::text[]))
        else retry_at <= ${at} end
      order by since, conversation_id limit ${mostAtOnce}
    )
    update parked_analyses as parked set taken_until = ${takenUntil}::timestamptz
    from next where parked.conversation_id = next.conversation_id and parked.run_id = next.run_id
    returning parked.conversation_id as "conversationId", parked.run_id as "runId"`.execute(trx)
  return rows
}

/** Takes away what waited for an analysis that is kept now. Twice is safe. */
export async function unpark(trx: Trx, conversationId: string, runId: number): Promise<void> {
  await trx
    .deleteFrom('parked_analyses')
    .where('conversation_id', '=', conversationId)
    .where('run_id', '=', runId)
    .execute()
}

/** How many analyses wait, by why, with the earliest time at which one is taken up again. */
export async function countParked(db: Db): Promise<{ code: string; analyses: number; since: Date; retryAt: Date }[]> {
  return db
    .selectFrom('parked_analyses')
    .select((eb) => [
      'code',
      eb.fn.countAll<number>().as('analyses'),
      eb.fn.min<Date>('since').as('since'),
      eb.fn.min<Date>('retry_at').as('retryAt'),
    ])
    .groupBy('code')
    .orderBy('code')
    .execute()
}
