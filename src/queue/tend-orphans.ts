import { performance } from 'node:perf_hooks'
import type { PgBoss } from 'pg-boss'
import type { Log } from '../log.ts'
import { forgetKeyAtWork, listNotBegun, listOrphans, type Orphan } from './job-store.ts'

/** So long what was restarted is told again: after it, the workers look by themselves. */
const toldForMs = 10_000

/**
 * Gives the jobs of workers that died to those that live, at once instead of after their heartbeat. The death counts as one of a
 * job's attempts: a job that kills its workers comes to an end. Twice is safe, for an attempt can fail once only. To be called again and
 * again: the processes remember for up to a second which keys are at work and pass over them, so whatever was restarted is told until
 * somebody has begun it.
 */
export function tendOrphans({ boss, log }: { boss: PgBoss; log: Log }): () => Promise<void> {
  let told: { orphan: Orphan; until: number }[] = []
  // Tells the workers, too.
  const tell = ({ name, id }: Orphan) => boss.update(name, undefined, { id, startAfter: 0 })
  return async () => {
    const orphans = await listOrphans(boss.getDb())
    const again = told.filter(({ until }) => performance.now() < until)
    told = [...again, ...orphans.map((orphan) => ({ orphan, until: performance.now() + toldForMs }))]
    const notBegun = await listNotBegun(
      boss.getDb(),
      again.map(({ orphan }) => orphan),
    )
    for (const orphan of notBegun) await tell(orphan)
    for (const orphan of orphans) {
      const { name, id, attempt } = orphan
      await boss.fail(name, { id, retryCount: attempt }, { code: 'queue.worker_died' })
      await forgetKeyAtWork(boss.getDb(), orphan)
      await tell(orphan)
      log.warn({ job: name, job_id: id, code: 'queue.worker_died' }, 'its worker died: the job starts again')
    }
  }
}
