import type { Db as PgBossDb } from 'pg-boss'
import { z } from 'zod'
import { workerLocks } from './presence.ts'

const atWorkSchema = z.array(z.object({ name: z.string(), id: z.string(), attempt: z.number() }))

const workerSchema = z.array(z.object({ worker: z.number() }))

const underWaySchema = z.array(z.object({ payload: z.unknown(), isAtWork: z.boolean(), since: z.coerce.date() }))

/** A job that waits (also for another try) or is at work, since when it was sent. */
export type JobUnderWay = z.infer<typeof underWaySchema>[number]

/** The jobs of a name that are not done, the oldest first. */
export async function listUnderWay(db: PgBossDb, name: string): Promise<JobUnderWay[]> {
  const { rows } = await db.executeSql(
    `select data as payload, state = 'active' as "isAtWork", created_on as since from pgboss.job
     where name = $1 and state in ('created', 'retry', 'active') order by created_on`,
    [name],
  )
  return underWaySchema.parse(rows)
}

/** A job at work, as pg-boss identifies one attempt at it. */
export type JobAtWork = z.infer<typeof atWorkSchema>[number]

/** Writes down who holds these jobs, in the column that takes their output once they are done. */
export async function recordHolder(db: PgBossDb, ids: string[], workerId: number): Promise<void> {
  await db.executeSql(
    `update pgboss.job set output = jsonb_build_object('worker', $2::int) where id = any($1::uuid[]) and state = 'active'`,
    [ids, workerId],
  )
}

const atWork = `select name, id, retry_count as attempt from pgboss.job where state = 'active'`
const isHeld = `jsonb_typeof(output -> 'worker') = 'number'`

/**
 * Jobs at work that nobody holds: their holder is none of the living; or the server has come back since they were taken, and no
 * holder is recorded, without which none begins. Any other without a holder is about to get one, or is left to its heartbeat.
 */
export async function listOrphans(db: PgBossDb, living: number[]): Promise<JobAtWork[]> {
  const { rows } = await db.executeSql(
    `${atWork} and case when ${isHeld} then (output ->> 'worker')::int <> all($1::int[])
       else started_on < pg_postmaster_start_time() end`,
    [living],
  )
  return atWorkSchema.parse(rows)
}

/** Jobs that stand as at work with this worker, but for those it has in hand: it could not say how they ended. */
export async function listNotInHand(db: PgBossDb, workerId: number, inHand: Iterable<string>): Promise<JobAtWork[]> {
  const { rows } = await db.executeSql(
    `${atWork} and ${isHeld} and (output ->> 'worker')::int = $1 and id <> all($2::uuid[])`,
    [workerId, [...inHand]],
  )
  return atWorkSchema.parse(rows)
}

/**
 * Clears what pg-boss remembers of the keys at work: it looks every other second only, until then passes over what waits under a
 * key that has become free, and asks for the groups of jobs as well, which tell it in the moment. Its processes remember for up to
 * a second more. @see pg-boss 12.35, plans.js, `singletons_active`
 */
export async function forgetKeysAtWork(db: PgBossDb): Promise<void> {
  await db.executeSql('update pgboss.queue set singletons_active = null where singletons_active is not null')
}

/** Has the workers look into every queue where a job is due that may begin: of a key, one is at work at a time. @see pg-boss 12.35, plans.js, `notifyQueue` */
export async function tellWhatIsDue(db: PgBossDb): Promise<void> {
  await db.executeSql(
    `select pg_notify('pgboss_' || left(encode(sha224('pgboss'), 'hex'), 24), queue.name) from pgboss.queue
     where exists (
       select from pgboss.job where job.name = queue.name and job.state < 'active' and not job.blocked and job.start_after <= now()
         and not exists (
           select from pgboss.job as held where held.name = job.name and held.policy = 'stately' and held.state = 'active'
             and coalesce(held.singleton_key, '') = coalesce(job.singleton_key, '')))`,
  )
}

/** The workers whose locks are held, so whose processes live, by the second half of their keys. */
export async function listWorkers(db: PgBossDb): Promise<number[]> {
  const { rows } = await db.executeSql(
    `select pg_locks.objid::int as worker from pg_locks join pg_database on pg_database.oid = pg_locks.database
     where pg_locks.locktype = 'advisory' and pg_locks.granted and pg_database.datname = current_database()
       and pg_locks.classid = ${workerLocks}`,
  )
  return workerSchema.parse(rows).map((row) => row.worker)
}
