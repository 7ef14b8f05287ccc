import { sql } from 'kysely'
import type { Actor } from '../../audit/index.ts'
import { type Db, json, type Trx } from '../../db/index.ts'

export type JobKind = 'import' | 'backfill'

/** A job on contacts, one of its kind at a time in all processes. */
export type ContactJob = {
  id: number
  kind: JobKind
  state: 'queued' | 'running' | 'done' | 'failed'
  /** Written by whoever asked for it, and read by whoever does it. */
  spec: unknown
  actor: Actor
  uploadId: string | null
  backfillId: number | null
  /** The last line of a file that is taken in. */
  line: number
  succeeded: number
  failed: number
  /** The first hundred, without what the cells hold. */
  problems: { line: number; message: string }[]
  why: string | null
  askedAt: Date
}

/** Adds a job that waits; undefined where one of its kind has not ended. */
export async function insertJob(
  trx: Trx,
  job: Pick<ContactJob, 'kind' | 'actor' | 'spec'> & { uploadId?: string },
): Promise<ContactJob | undefined> {
  const row = await trx
    .insertInto('contact_jobs')
    .values({
      kind: job.kind,
      actor: json(job.actor),
      spec: json(job.spec),
      upload_id: job.uploadId ?? null,
      backfill_id: null,
      why: null,
      ended_at: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  return row && selectJob(trx, job.kind)
}

/** The newest job of a kind. */
export async function selectJob(db: Db | Trx, kind: JobKind): Promise<ContactJob | undefined> {
  const row = await db
    .selectFrom('contact_jobs')
    .selectAll()
    .where('kind', '=', kind)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return (
    row && {
      id: row.id,
      kind,
      state: row.state,
      spec: row.spec,
      // Both written by this file from these types.
      actor: row.actor as Actor,
      problems: row.problems as ContactJob['problems'],
      uploadId: row.upload_id,
      backfillId: row.backfill_id,
      line: row.line,
      succeeded: row.succeeded,
      failed: row.failed,
      why: row.why,
      askedAt: row.asked_at,
    }
  )
}

/** Takes up a job that has not ended, and counts how often that was since it last got on; null where it has ended. */
export async function takeUpJob(db: Db, id: number): Promise<{ tries: number } | null> {
  const row = await db
    .updateTable('contact_jobs')
    .set({ state: 'running', tries: sql<number>`tries + 1` })
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .returning('tries')
    .executeTakeFirst()
  return row ?? null
}

/** Notes how far a job is, in the transaction of what it did. */
export async function noteProgress(
  trx: Trx,
  id: number,
  { line, succeeded, problems }: { line: number; succeeded: number; problems: ContactJob['problems'] },
): Promise<void> {
  await sql`
    update contact_jobs set line = ${line}, tries = 0, succeeded = succeeded + ${succeeded}, failed = failed + ${problems.length},
      problems = case when jsonb_array_length(problems) < 100
        then jsonb_path_query_array(problems || ${json(problems)}::jsonb, '$[0 to 99]') else problems end
    where id = ${id} and state = 'running'`.execute(trx)
}

export async function noteBackfill(trx: Trx, id: number, backfillId: number | null): Promise<void> {
  await trx.updateTable('contact_jobs').set({ backfill_id: backfillId }).where('id', '=', id).execute()
}

/** Ends a job that has not ended; `why` it failed. Twice is safe. */
export async function endJob(db: Db | Trx, id: number, why: string | null = null): Promise<void> {
  await db
    .updateTable('contact_jobs')
    .set({ state: why === null ? 'done' : 'failed', why, ended_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .execute()
}
