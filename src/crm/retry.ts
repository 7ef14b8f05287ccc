import { DelegateBackoff, handleWhen, type RetryPolicy, retry } from 'cockatiel'
import type { Log } from '../log.ts'

const mostRetries = 3

export type OnRetry = Parameters<RetryPolicy['onRetry']>[0]

/** Sends a call again, at most three times, where `delayMs` names a wait for its failure; null: it is not sent again. */
export function retryPolicy(
  delayMs: (error: unknown, attempt: number) => number | null,
  onRetry: OnRetry = () => undefined,
): RetryPolicy {
  const policy = retry(
    handleWhen((error) => delayMs(error, 1) !== null),
    {
      maxAttempts: mostRetries,
      backoff: new DelegateBackoff(({ attempt, result }) =>
        'error' in result ? (delayMs(result.error, attempt) ?? 0) : 0,
      ),
    },
  )
  policy.onRetry(onRetry)
  return policy
}

/** Tells the log of every call that is sent again. The messages of failures are safe to log. */
export function logRetries(log: Log, { connection, vendor }: { connection: string; vendor: string }): OnRetry {
  return ({ attempt, delay, ...retry }) => {
    const reason = 'error' in retry && retry.error instanceof Error ? retry.error.message : ''
    log.warn({ connection, attempt, delayMs: Math.round(delay), reason }, `a ${vendor} call is sent again`)
  }
}

/** Doubling from `baseMs` on, with jitter, so that callers who failed together do not come back together. */
export function backoffMs(baseMs: number, attempt: number): number {
  return baseMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2)
}
