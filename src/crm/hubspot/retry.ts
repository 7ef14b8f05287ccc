import type { RetryPolicy } from 'cockatiel'
import { backoffMs, type OnRetry, retryPolicy } from '../retry.ts'
import { type FailureKind, HubspotError } from './errors.ts'

/** Nothing was done: any call may be sent again. */
const NOT_DONE: readonly FailureKind[] = ['burst', 'secondly', 'busy']
/** Perhaps done: a read is sent again as it is, an update only after reading what became of it. */
const PERHAPS_DONE: readonly FailureKind[] = [...NOT_DONE, 'lost']

/** Sends a call again where its failure may pass. */
export function hubspotRetry(idempotent: 'read' | 'write', onRetry: OnRetry): RetryPolicy {
  const kinds = idempotent === 'read' ? PERHAPS_DONE : NOT_DONE
  return retryPolicy(
    (error, attempt) => (error instanceof HubspotError && kinds.includes(error.kind) ? delayMs(error, attempt) : null),
    onRetry,
  )
}

function delayMs({ kind, detail }: HubspotError, attempt: number): number {
  // The bucket is paused for everybody: waiting for the next turn is the delay.
  if (kind === 'burst' || kind === 'secondly') return 0
  if (detail.retryAfterMs !== undefined) return detail.retryAfterMs
  // A locked record wants at least 2 s (HubSpot's error handling guide).
  return backoffMs(kind === 'busy' ? 4000 : 250, attempt)
}
