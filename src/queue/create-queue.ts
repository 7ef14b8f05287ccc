import { type ConstructorOptions, PgBoss } from 'pg-boss'
import type { Log } from '../log.ts'
import type { JobDefinition } from './define-job.ts'
import { listNotInHand, listOrphans, listUnderWay, listWorkers } from './job-store.ts'
import { prepareQueues } from './prepare-queues.ts'
import { appear, type Presence } from './presence.ts'
import type { Queue } from './queue.ts'
import { restartJobs } from './restart-jobs.ts'
import { sendJob } from './send-job.ts'
import { takeJobs } from './take-jobs.ts'
import { startTending, type Tender } from './tend.ts'
import { wakeDue } from './wake-due.ts'

/** Notices lost heartbeats within seconds: with pg-boss's own minutes, a dead worker's job waits for one. */
const rhythm = {
  useListenNotify: true,
  schedule: false,
  superviseIntervalSeconds: 2,
  monitorIntervalSeconds: 2,
  queueCacheIntervalSeconds: 1,
} satisfies ConstructorOptions

const tendEveryMs = 5_000

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

  const db = boss.getDb()
  const stopping = new AbortController()
  const inHand = new Set<string>()
  const workers: ((presence: Presence) => Promise<unknown>)[] = []
  const tenders: Tender[] = [
    {
      name: 'orphans',
      everyMs: tendEveryMs,
      tend: async (living) => restartJobs({ boss, log }, await listOrphans(db, living), 'queue.worker_died'),
    },
    { name: 'due', everyMs: 0, tend: () => wakeDue(boss) },
  ]
  let presence: Presence | undefined
  let endTending: (() => Promise<void>) | undefined

  return {
    send: (job, payload, options = {}) => sendJob(boss, job, payload, options),
    work: (job, options, handler) => {
      workers.push(({ workerId }) =>
        takeJobs({ boss, log, stopping: stopping.signal, workerId, inHand }, job, options, handler),
      )
    },
    tend: (name, tend) => {
      tenders.push({ name, everyMs: tendEveryMs, tend })
    },
    countWorkers: async () => (await listWorkers(db)).length,
    underWay: (job) => listUnderWay(db, job.name),
    start: async () => {
      presence = await appear({
        url,
        log,
        reentered: async (workerId) =>
          restartJobs({ boss, log }, await listNotInHand(db, workerId, inHand), 'queue.end_not_noted'),
      })
      for (const work of workers) await work(presence)
      endTending = startTending({ presence, log, listWorkers: () => listWorkers(db) }, tenders)
    },
    stop: async ({ drainMs }) => {
      // Nobody takes any more before anybody is told to end: what was taken then would be over before it has begun.
      for (const { name } of definitions) void boss.offWork(name, { wait: false })
      stopping.abort()
      await endTending?.()
      await boss.stop({ timeout: drainMs })
      await presence?.leave()
    },
  }
}
