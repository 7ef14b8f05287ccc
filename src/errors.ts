/** What the pipeline does next with a failed piece of work: the loop decides by this, never by the wording of a message. */
export type Recovery = 'retry' | 'skip' | 'stop'

export type AppErrorDetail = {
  /** HTTP status a door answers with; without it a door answers 500. */
  status?: number
  retryAfterMs?: number
  cause?: unknown
  /** What a caller is told in place of the message, in words that hold what the caller has sent: in no log. */
  told?: string
  /** Facts an operator or caller may see: places in a file, names of fields. Nothing personal. */
  facts?: Record<string, unknown>
}

/**
 * An error with a stable dotted `code` that can be searched for, and a `recovery` that says what happens next.
 * The message tells an operator what happened and what to try; it holds nothing personal.
 */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: string
  readonly recovery: Recovery
  readonly status: number | undefined
  readonly retryAfterMs: number | undefined
  readonly told: string | undefined
  readonly facts: Record<string, unknown> | undefined

  constructor(code: string, recovery: Recovery, message: string, detail: AppErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause })
    this.code = code
    this.recovery = recovery
    this.status = detail.status
    this.retryAfterMs = detail.retryAfterMs
    this.told = detail.told
    this.facts = detail.facts
  }
}

/** What is said of work that failed beside other work that did not. */
export type Failure = { failed: { code: string; message: string } }

/** The error of a thing that is not there: 404 at every door. */
export function notFound(noun: string, id: string): AppError {
  return new AppError(`${noun}.not_found`, 'skip', `there is no ${noun} ${id}`, { status: 404 })
}
