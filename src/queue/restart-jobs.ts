import type { PgBoss } from 'pg-boss'
import type { Log } from '../log.ts'
import type { JobAtWork } from './job-store.ts'

const reasons = {
  'queue.worker_died': 'its worker died: the job starts again',
  'queue.end_not_noted': 'how it ended could not be noted: the job starts again',
}

/**
 * Gives jobs that stand as at work to whoever is free, at once instead of after their heartbeat and the delay of a retry. Counts as
 * one of their attempts: a job that kills its workers comes to an end. Twice is safe, for an attempt can fail once only.
 */
export async function restartJobs(
  { boss, log }: { boss: PgBoss; log: Log },
  jobs: JobAtWork[],
  code: keyof typeof reasons,
): Promise<void> {
  for (const { name, id, attempt } of jobs) {
    await boss.fail(name, { id, retryCount: attempt }, { code })
    await boss.update(name, undefined, { id, startAfter: 0 })
    log.warn({ job: name, job_id: id, code }, reasons[code])
  }
}
