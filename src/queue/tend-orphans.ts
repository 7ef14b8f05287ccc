import type { PgBoss } from 'pg-boss'
import type { Log } from '../log.ts'
import { listOrphans } from './job-store.ts'

/**
 * Gives the jobs of workers that died to those that live, at once instead of after their heartbeat. The death counts as one of a
 * job's attempts: a job that kills its workers comes to an end. Twice is safe, for an attempt can fail once only.
 */
export async function tendOrphans({ boss, log }: { boss: PgBoss; log: Log }): Promise<void> {
  for (const { name, id, attempt } of await listOrphans(boss.getDb())) {
    await boss.fail(name, { id, retryCount: attempt }, { code: 'queue.worker_died' })
    await boss.update(name, undefined, { id, startAfter: 0 })
    log.warn({ job: name, job_id: id, code: 'queue.worker_died' }, 'its worker died: the job starts again')
  }
}
