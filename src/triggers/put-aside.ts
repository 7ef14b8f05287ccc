import type { Db } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { readRefusal } from '../limits/index.ts'
import { moveRequest } from './request-store.ts'
import type { TriggerRequest } from './types.ts'

/** What passes is tried again after this long, doubled each time, where the error names no time of its own. */
const firstWaitMs = 5_000
const longestWaitMs = 300_000
/** What nobody foresaw is tried as often as a job is, and does not pass by itself for ever. */
const mostSurprises = 10

/**
 * Says what becomes of a request that an error has stopped: `retry` parks it until it goes on by itself, anything else foreseen
 * ends it as failed. What nobody foresaw leaves it as it is for the next attempt, and ends it after ten in a row.
 */
export async function putAside(
  db: Db,
  { id, attempts }: TriggerRequest,
  { error, attempt }: { error: unknown; attempt: number },
): Promise<void> {
  if (!(error instanceof AppError)) {
    const message = `Stopped by an error that nobody foresaw; the log names it for request trigger_${id}.`
    if (attempt >= mostSurprises) await moveRequest(db, id, { state: 'failed', reason: 'internal', message })
    return
  }
  const { code: reason, recovery, message, retryAfterMs } = error
  if (recovery !== 'retry') {
    await moveRequest(db, id, { state: 'failed', reason, message: `Stopped: ${message}.` })
    return
  }
  const needsUsd = readRefusal(error)?.needsUsd ?? null
  const waitMs = retryAfterMs ?? Math.min(firstWaitMs * 2 ** Math.min(attempts, 10), longestWaitMs)
  const until = new Date(Date.now() + waitMs).toISOString().replace(/\..*$/, 'Z')
  const why = `Waits, and goes on by itself at ${until}: ${message}.`
  await moveRequest(db, id, { state: 'parked', reason, message: why, waitMs, needsUsd, attempts: attempts + 1 })
}
