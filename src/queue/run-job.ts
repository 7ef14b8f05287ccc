import { performance } from 'node:perf_hooks'
import type { JobResult, JobWithMetadata } from 'pg-boss'
import { AppError, type Recovery } from '../errors.ts'
import type { Log } from '../log.ts'
import type { JobDefinition } from './define-job.ts'

export type JobContext = {
  id: string
  /** 1 for the first. */
  attempt: number
  /** Aborted when the queue stops or the job is no longer ours: bring what is in hand to an end and return. */
  signal: AbortSignal
}

export type Handler<Payload> = (payload: Payload, context: JobContext) => Promise<void>

type Failure = { recovery: Recovery; code: string; message: string; stack?: string | undefined }

/**
 * Runs one job and says what becomes of it; never throws. Its error decides: `retry` → once more, later; `skip` → done, with a
 * warning; `stop` → failed for good; what nobody foresaw → retry. One log line a job.
 */
export async function runJob<Payload extends object>(
  deps: { log: Log; stopping: AbortSignal },
  definition: JobDefinition<Payload>,
  handler: Handler<Payload>,
  job: JobWithMetadata<unknown>,
): Promise<JobResult> {
  const startedAt = performance.now()
  const attempt = job.retryCount + 1
  const signal = AbortSignal.any([job.signal, deps.stopping])
  const context = { id: job.id, attempt, signal }
  const failure = await settle(async () => handler(parse(definition, job.data), context))
  const line = { job: job.name, job_id: job.id, attempt, duration_ms: Math.round(performance.now() - startedAt) }
  if (failure === undefined) {
    deps.log.info({ ...line, outcome: 'done' }, 'job')
    return { id: job.id, status: 'completed' }
  }
  const { recovery, ...reason } = failure
  const output = { code: reason.code, message: reason.message }
  if (recovery === 'skip') {
    deps.log.warn({ ...line, outcome: 'skipped', ...reason }, 'job')
    return { id: job.id, status: 'completed', output }
  }
  const again = recovery === 'retry' && job.retryCount < job.retryLimit
  deps.log[again ? 'warn' : 'error']({ ...line, outcome: again ? 'retry' : 'failed', ...reason }, 'job')
  // To pg-boss `deadletter` means: failed, and no retry, whether or not there is a queue for dead letters.
  return { id: job.id, status: recovery === 'stop' ? 'deadletter' : 'failed', output }
}

function parse<Payload extends object>(definition: JobDefinition<Payload>, data: unknown): Payload {
  const parsed = definition.payload.safeParse(data)
  if (parsed.success) return parsed.data
  const places = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'payload'}: ${issue.message}`)
  throw new AppError('queue.bad_payload', 'stop', `this is no payload of ${definition.name}: ${places.join('; ')}`)
}

async function settle(work: () => Promise<void>): Promise<Failure | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (error instanceof AppError) return { recovery: error.recovery, code: error.code, message: error.message }
    const { message, stack } = error instanceof Error ? error : { message: String(error) }
    return { recovery: 'retry', code: 'internal', message, stack }
  }
}
