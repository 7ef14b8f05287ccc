import type { PgBoss } from 'pg-boss'
import type { Log } from '../log.ts'
import type { JobDefinition } from './define-job.ts'
import { recordHolder } from './job-store.ts'
import type { WorkOptions } from './queue.ts'
import { type Handler, runJob } from './run-job.ts'

export type Worker = {
  boss: PgBoss
  log: Log
  stopping: AbortSignal
  workerId: number
  /** The ids of the jobs whose handlers run: what else stands as at work with this worker has ended. */
  inHand: Set<string>
}

/** Takes jobs of this name from now on, until pg-boss stops. */
export async function takeJobs<Payload extends object>(
  worker: Worker,
  job: JobDefinition<Payload>,
  { concurrency = 1, batch = 2 }: WorkOptions,
  handler: Handler<Payload>,
): Promise<string> {
  const options = {
    includeMetadata: true,
    perJobResults: true,
    localConcurrency: concurrency,
    // Measured: woken by NOTIFY, one job at a time did 20 of 200 in 35 s; two or more, with bursts, all in a quarter second.
    batchSize: batch,
    burstWhenBatchFull: true,
    pollingIntervalSeconds: 1,
    notifyPollingIntervalSeconds: 5,
    // A group is a key, see `sendJob`.
    ...(job.policy === 'stately' && { groupConcurrency: 1 }),
  } as const
  return worker.boss.work(job.name, options, async (jobs) => {
    const ids = jobs.map((one) => one.id)
    for (const id of ids) worker.inHand.add(id)
    try {
      await recordHolder(worker.boss.getDb(), ids, worker.workerId)
      return await Promise.all(jobs.map((one) => runJob(worker, job, handler, one)))
    } finally {
      for (const id of ids) worker.inHand.delete(id)
    }
  })
}
