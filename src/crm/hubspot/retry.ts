import { DelegateBackoff, handleWhen, type RetryPolicy, retry } from 'cockatiel'
import { type FailureKind, HubspotError } from './errors.ts'

/** Nothing was done: any call may be sent again. */
const NOT_DONE: readonly FailureKind[] = ['burst', 'secondly', 'busy']
/** Perhaps done: a read is sent again as it is, an update only after reading what became of it. */
const PERHAPS_DONE: readonly FailureKind[] = [...NOT_DONE, 'lost']

const MOST_RETRIES = 3

/** Sends a call again where its failure may pass, at most three times. */
export function retryPolicy(idempotent: 'read' | 'write'): RetryPolicy {
  const kinds = idempotent === 'read' ? PERHAPS_DONE : NOT_DONE
  return retry(
    handleWhen((error) => error instanceof HubspotError && kinds.includes(error.kind)),
    {
      maxAttempts: MOST_RETRIES,
      backoff: new DelegateBackoff(({ attempt, result }) =>
        'error' in result && result.error instanceof HubspotError ? delayMs(result.error, attempt) : 0,
      ),
    },
  )
}

function delayMs({ kind, detail }: HubspotError, attempt: number): number {
  // The bucket is paused for everybody: waiting for the next turn is the delay.
  if (kind === 'burst') return 0
  if (detail.retryAfterMs !== undefined) return detail.retryAfterMs
  const jitter = 0.5 + Math.random() / 2
  if (kind === 'secondly') return 1000 + 500 * jitter
  // A locked record wants at least 2 s (HubSpot's error handling guide).
  const base = kind === 'busy' ? 4000 : 250
  return base * 2 ** (attempt - 1) * jitter
}
