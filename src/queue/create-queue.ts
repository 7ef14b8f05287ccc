import { type ConstructorOptions, PgBoss } from 'pg-boss'
import type { Log } from '../log.ts'
import type { JobDefinition } from './define-job.ts'
import { listUnderWay, listWorkers, recordHolder } from './job-store.ts'
import { prepareQueues } from './prepare-queues.ts'
import { appear, type Presence } from './presence.ts'
import type { Queue, WorkOptions } from './queue.ts'
import { type Handler, runJob } from './run-job.ts'
import { sendJob } from './send-job.ts'
import { startTending, type Tender } from './tend.ts'
import { tendOrphans } from './tend-orphans.ts'
import { wakeDue } from './wake-due.ts'

/** Notices lost heartbeats within seconds: with pg-boss's own minutes, a dead worker's job waits for one. */
const rhythm = {
  useListenNotify: true,
  schedule: false,
  superviseIntervalSeconds: 2,
  monitorIntervalSeconds: 2,
  queueCacheIntervalSeconds: 1,
} satisfies ConstructorOptions

/**
 * Jobs on the database at `url`, in a schema of their own that is made at the first call. Ready to send when it returns; takes
 * jobs from `start` on. Any number of processes may do so at once. End it with `stop`.
 */
export async function createQueue(deps: { url: string; log: Log }, definitions: JobDefinition[]): Promise<Queue> {
  const { url, log } = deps
  const boss = new PgBoss({ connectionString: url, application_name: 'afterword queue', max: 4, ...rhythm })
  boss.on('error', ({ message }) => log.error({ code: 'queue.error', reason: message }, 'queue'))
  boss.on('warning', ({ message }) => log.warn({ code: 'queue.warning', reason: message }, 'queue'))
  await boss.start()
  await prepareQueues(boss, definitions)

  const stopping = new AbortController()
  const workers: ((presence: Presence) => Promise<unknown>)[] = []
  const tenders: Tender[] = [
    { name: 'orphans', everyMs: 0, tend: () => tendOrphans({ boss, log }) },
    { name: 'due', everyMs: 0, tend: () => wakeDue(boss) },
  ]
  let presence: Presence | undefined
  let endTending: (() => Promise<void>) | undefined

  return {
    send: (job, payload, options = {}) => sendJob(boss, job, payload, options),
    work: (job, options, handler) => {
      workers.push(({ workerId }) =>
        takeJobs({ boss, log, stopping: stopping.signal, workerId }, job, options, handler),
      )
    },
    tend: (name, tend) => {
      tenders.push({ name, everyMs: 5_000, tend })
    },
    livingWorkers: async () => new Set((await listWorkers(boss.getDb())).map(String)),
    underWay: (job) => listUnderWay(boss.getDb(), job.name),
    start: async () => {
      presence = await appear({ url, log })
      for (const work of workers) await work(presence)
      endTending = startTending({ presence, log, listWorkers: () => listWorkers(boss.getDb()) }, tenders)
    },
    stop: async ({ drainMs }) => {
      stopping.abort()
      await endTending?.()
      await boss.stop({ timeout: drainMs })
      await presence?.leave()
    },
  }
}

type Worker = { boss: PgBoss; log: Log; stopping: AbortSignal; workerId: number }

async function takeJobs<Payload extends object>(
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
    await recordHolder(worker.boss.getDb(), ids, worker.workerId)
    return Promise.all(jobs.map((one) => runJob(worker, job, handler, one)))
  })
}
