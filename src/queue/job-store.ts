import type { Db as PgBossDb } from 'pg-boss'
import { z } from 'zod'
import { workerLocks } from './presence.ts'

const orphanSchema = z.array(
  z.object({ name: z.string(), id: z.string(), attempt: z.number(), key: z.string().nullable() }),
)

const workerSchema = z.array(z.object({ worker: z.number() }))

/** The locks of living workers of this database, by the second half of their keys. */
const workers = `
  select pg_locks.objid::int as worker from pg_locks join pg_database on pg_database.oid = pg_locks.database
  where pg_locks.locktype = 'advisory' and pg_locks.granted and pg_database.datname = current_database()
    and pg_locks.classid = ${workerLocks}`

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
export type Orphan = { name: string; id: string; attempt: number; key: string | null }

/** Writes down who holds these jobs, in the column that takes their output once they are done. */
export async function recordHolder(db: PgBossDb, ids: string[], workerId: number): Promise<void> {
  await db.executeSql(
    `update pgboss.job set output = jsonb_build_object('worker', $2::int) where id = any($1::uuid[]) and state = 'active'`,
    [ids, workerId],
  )
}

/** Jobs at work whose holder's lock is free: its process has ended. A job without a recorded holder is left to its heartbeat. */
export async function listOrphans(db: PgBossDb): Promise<Orphan[]> {
  const { rows } = await db.executeSql(
    `select job.name, job.id, job.retry_count as attempt, job.singleton_key as key from pgboss.job
     where job.state = 'active' and jsonb_typeof(job.output -> 'worker') = 'number'
       and (job.output ->> 'worker')::int not in (${workers})`,
  )
  return orphanSchema.parse(rows)
}

/** Those whose next attempt nobody has begun: until then a failed job keeps the number of the attempt that failed. @see pg-boss 12.35, plans.js */
export async function listNotBegun(db: PgBossDb, orphans: Orphan[]): Promise<Orphan[]> {
  if (orphans.length === 0) return []
  const { rows } = await db.executeSql(
    `select job.name, job.id, job.retry_count as attempt, job.singleton_key as key from pgboss.job
     join unnest($1::uuid[], $2::int[]) as failed (id, attempt) on job.id = failed.id and job.retry_count = failed.attempt
     where job.state = 'retry'`,
    [orphans.map(({ id }) => id), orphans.map(({ attempt }) => attempt)],
  )
  return orphanSchema.parse(rows)
}

/**
 * Takes a key out of those that pg-boss has seen at work: it looks anew only every other second, and until then passes over what waits under it.
 * @see pg-boss 12.35, plans.js, `singletons_active`
 */
export async function forgetKeyAtWork(db: PgBossDb, { name, key }: Pick<Orphan, 'name' | 'key'>): Promise<void> {
  if (key === null) return
  const forget = 'update pgboss.queue set singletons_active = array_remove(singletons_active, $2) where name = $1'
  await db.executeSql(forget, [name, key])
}

export async function listWorkers(db: PgBossDb): Promise<number[]> {
  const { rows } = await db.executeSql(workers)
  return workerSchema.parse(rows).map((row) => row.worker)
}
