import type { Trx } from '../db/index.ts'
import type { JobDefinition } from './define-job.ts'
import type { JobUnderWay } from './job-store.ts'
import type { Handler } from './run-job.ts'

/** A job without a key joins the caller's transaction; a job with one is a hint, sent when the transaction is over. */
export type SendOptions = {
  /** Higher first. */
  priority?: number
  startAfterSeconds?: number
} & ({ trx?: Trx; key?: never } | { key?: string; trx?: never })

export type WorkOptions = {
  /**
   * Loops that take jobs, each up to `batch` at a time, 2 unless given: so concurrency × batch jobs at once in this process. What
   * was taken together ends together: where one job may hang and another must not wait for it, the batch is 1.
   */
  concurrency?: number
  batch?: number
}

export type Queue = {
  /** Adds a job and returns its id, or null where the policy holds that one of this key is enough. */
  send<Payload extends object>(
    job: JobDefinition<Payload>,
    payload: Payload,
    options?: SendOptions,
  ): Promise<string | null>
  /** Says who does the jobs of this name once the queue is started. Handlers may see a job twice. */
  work<Payload extends object>(job: JobDefinition<Payload>, options: WorkOptions, handler: Handler<Payload>): void
  /** Adds work that is done every five seconds, and when a worker has gone, by one of all started processes: the guarantee behind hints that got lost. */
  tend(name: string, tend: () => Promise<void>): void
  /** How many workers there are whose processes live, as far as the database sees them. */
  countWorkers(): Promise<number>
  /** The jobs of this name that are not done, the oldest first. */
  underWay(job: Pick<JobDefinition, 'name'>): Promise<JobUnderWay[]>
  /** Begins to take jobs and to tend; a process that only sends never calls it. */
  start(): Promise<void>
  /** Takes no more jobs, tells those at work to come to an end, and gives them `drainMs` before they are left to others. */
  stop(options: { drainMs: number }): Promise<void>
}
