import { sql } from 'kysely'
import type { Db } from '../db/index.ts'
import { awaitsPush } from '../sync/index.ts'
import { after, toRequest } from './request-store.ts'
import type { TriggerRequest } from './types.ts'

/** How long a request is left to whoever has taken it; a second one beside it does no harm, but costs a look. */
const takenGraceMs = 900_000

/** A request that has something left to rerun, now in the caller's hands. Undefined where another has brought it to its end. */
export async function takeRequest(db: Db, id: number): Promise<TriggerRequest | undefined> {
  const row = await db
    .updateTable('trigger_requests')
    .set({ due_at: after(takenGraceMs) })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .where('released_at', 'is', null)
    .returningAll()
    .executeTakeFirst()
  return row && toRequest(row)
}

/** Requests whose time has come: parked ones, and those whose job was lost. Each is given out once in a while only. */
export async function claimDue(db: Db, most: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    with due as (
      select id from trigger_requests
      where ended_at is null and released_at is null and due_at <= now()
      order by due_at limit ${most} for update skip locked
    )
    update trigger_requests set due_at = ${after(takenGraceMs)} from due where trigger_requests.id = due.id
    returning trigger_requests.id
  `.execute(db)
  return rows.map((row) => row.id)
}

/** Requests, or this one, that are rerun and pushed, and whose answer nobody has given yet. */
export async function selectPushed(db: Db, { id, most }: { id: number | null; most: number }): Promise<number[]> {
  const run = { runId: sql.ref('trigger_requests.run_id'), connection: sql.ref('trigger_requests.connection') }
  const rows = await db
    .selectFrom('trigger_requests')
    .select('id')
    .where('ended_at', 'is', null)
    .where('released_at', 'is not', null)
    .$if(id !== null, (query) => query.where('id', '=', id))
    .where(sql<boolean>`not ${awaitsPush(run)}`)
    .orderBy('id')
    .limit(most)
    .execute()
  return rows.map((row) => row.id)
}

/** Gives a request back, for whoever looks next. */
export async function giveBack(db: Db, id: number, waitMs = 0): Promise<void> {
  await db
    .updateTable('trigger_requests')
    .set({ due_at: after(waitMs) })
    .where('id', '=', id)
    .execute()
}

/** The oldest request of the same record that nobody has taken up yet. */
export async function nextOfRecord(
  db: Db,
  { connection, object, externalId }: Pick<TriggerRequest, 'connection' | 'object' | 'externalId'>,
): Promise<number | undefined> {
  const row = await db
    .selectFrom('trigger_requests')
    .select('id')
    .where('connection', '=', connection)
    .where('object', '=', object)
    .where('external_id', '=', externalId)
    .where('state', '=', 'waiting')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return row?.id
}

/** Of everybody for whom requests are parked by a spending limit, the run of the oldest and what a call of it would reserve. */
export async function selectSpenders(db: Db): Promise<{ runId: number; needsUsd: number }[]> {
  const { rows } = await sql<{ runId: number; needsUsd: number }>`
    select distinct on (actor_kind, actor_name, key_name) run_id as "runId", needs_usd as "needsUsd"
    from trigger_requests
    where state = 'parked' and reason = 'spending.limit' and run_id is not null and needs_usd is not null and due_at > now()
    order by actor_kind, actor_name, key_name, id
  `.execute(db)
  return rows
}

/** Makes the oldest requests due that wait for the same limits as the one of this run. */
export async function wakeOldest(db: Db, runId: number): Promise<void> {
  await sql`
    update trigger_requests set due_at = now()
    where id in (
      select parked.id from trigger_requests as parked
      join trigger_requests as first on first.run_id = ${runId}
        and (first.actor_kind, first.actor_name) = (parked.actor_kind, parked.actor_name)
        and first.key_name is not distinct from parked.key_name
      where parked.state = 'parked' and parked.reason = 'spending.limit' and parked.due_at > now()
      order by parked.id limit 10
    )
  `.execute(db)
}
