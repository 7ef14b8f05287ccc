import { sql } from 'kysely'
import type { Db } from '../../db/index.ts'

/** What a worker does for a connection; each stands still by itself. */
export type Work = 'push' | 'import'

/** That a kind of work stands still, why and since when, and when the CRM is asked again. */
export type Stop = { work: Work; why: string; since: Date; retryAt: Date; waits: boolean }

/** The first wait is doubled with every refusal, up to the longest: an admin who mends it does not wait long. */
const waitSeconds = { first: 60, longest: 900 }

/** What stands still of a connection, by kind of work. */
export async function readStops(db: Db, connection: string): Promise<Stop[]> {
  const { rows } = await sql<Stop>`
    select work, why, since, retry_at as "retryAt", retry_at > clock_timestamp() as waits
    from connection_stops where connection = ${connection} order by work`.execute(db)
  return rows
}

/** Notes that work was refused. Of the refusals before the wait is over (work that was under way) none makes it longer. */
export async function saveStop(
  db: Db,
  { connection, work, code, why }: { connection: string; work: Work; code: string; why: string },
): Promise<void> {
  const seconds = sql`interval '1 second'`
  await sql`
    insert into connection_stops as stops (connection, work, code, why, retry_at)
    values (${connection}, ${work}, ${code}, ${why}, clock_timestamp() + ${waitSeconds.first}::int * ${seconds})
    on conflict (connection, work) do update
    set code = excluded.code, why = excluded.why, refusals = stops.refusals + 1,
      retry_at = clock_timestamp()
        + least(${waitSeconds.longest}::float8, ${waitSeconds.first}::float8 * 2 ^ least(stops.refusals, 10)) * ${seconds}
    where stops.retry_at <= clock_timestamp()`.execute(db)
}

/** Ends a stop: the work was done. Twice is safe. */
export async function deleteStop(db: Db, connection: string, work: Work): Promise<void> {
  await db.deleteFrom('connection_stops').where('connection', '=', connection).where('work', '=', work).execute()
}

/** Lets everything that stands still of a connection ask again now. */
export async function endWaits(db: Db, connection: string): Promise<void> {
  await sql`update connection_stops set retry_at = least(retry_at, clock_timestamp()) where connection = ${connection}`.execute(
    db,
  )
}
