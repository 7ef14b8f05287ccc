/** A call to a CRM that failed. Its message is safe to log; what the CRM itself said is in the detail, and may quote values. */
export abstract class Failure<Kind extends string, Detail extends { cause?: unknown }> extends Error {
  readonly kind: Kind
  readonly detail: Partial<Detail>

  constructor(kind: Kind, message: string, detail: Partial<Detail> = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause })
    this.kind = kind
    this.detail = detail
  }
}

/** What gateways answer in the place of a server that they have lost patience with, or lost. */
const GATEWAYS = [408, 502, 504, 520, 521, 522, 523, 524]

/** Whether the CRM may still be at work on a request that failed so: nobody, or only a gateway, has answered it. */
export function mayStillRun({ detail: { status } }: { detail: { status?: number } }): boolean {
  return status === undefined || GATEWAYS.includes(status)
}

/** What can be said, safe to log, of an error that was thrown before a whole answer was there: connection, deadline, cut or unreadable body. */
export function lossOf(error: unknown, vendor: string, deadlineMs: number): { message: string; cause?: unknown } {
  const isLate = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')
  if (isLate) return { message: `${vendor} did not answer within ${deadlineMs} ms` }
  const message = `no readable answer from ${vendor}${codeOf(error)}`
  // Network errors only: a parser's message quotes what it read.
  return error instanceof TypeError ? { message, cause: error } : { message }
}

/** Such as ` (ECONNREFUSED)`. undici's message is only "fetch failed": its cause knows more. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
}
