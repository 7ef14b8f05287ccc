import type { AppError } from '../../errors.ts'

/** A permission that is missing is not given from one minute to the next. */
export const forbiddenRetryMs = 3_600_000

/** When it makes sense to ask a CRM again that has answered this; undefined: it names no time, and it may pass any moment. */
export function retryAfter({ recovery, retryAfterMs }: AppError): number | undefined {
  return retryAfterMs ?? (recovery === 'stop' ? forbiddenRetryMs : undefined)
}
