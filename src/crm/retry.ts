import { DelegateBackoff, handleWhen, type RetryPolicy, retry } from 'cockatiel'

const mostRetries = 3

/** Sends a call again, at most three times, where `delayMs` names a wait for its failure; null: it is not sent again. */
export function retryPolicy(delayMs: (error: unknown, attempt: number) => number | null): RetryPolicy {
  return retry(
    handleWhen((error) => delayMs(error, 1) !== null),
    {
      maxAttempts: mostRetries,
      backoff: new DelegateBackoff(({ attempt, result }) =>
        'error' in result ? (delayMs(result.error, attempt) ?? 0) : 0,
      ),
    },
  )
}

/** Doubling from `baseMs` on, with jitter, so that callers who failed together do not come back together. */
export function backoffMs(baseMs: number, attempt: number): number {
  return baseMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2)
}
