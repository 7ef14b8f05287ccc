import { AppError } from '../../errors.ts'
import { Failure, lossOf } from '../failure.ts'
import { parseJson } from '../parse-json.ts'
import type { Problem } from '../rows.ts'
import { oauthErrorSchema, refusalsSchema } from './wire.ts'

/**
 * What a failed call means to us:
 * `session` (the token is refused: one renewal may help) · `credentials` · `daily` (the org's calls of the last 24 hours) ·
 * `busy` (not done, ask again) · `unopened` (no session could be had for now: nothing was sent) ·
 * `lost` (no answer, or none that can be read: a write may have been carried out) · `refused`.
 */
export type FailureKind = 'session' | 'credentials' | 'daily' | 'busy' | 'unopened' | 'lost' | 'refused'

type Detail = {
  status?: number
  /** Salesforce's own code, such as `MALFORMED_QUERY`. */
  code?: string | undefined
  problems?: Problem[]
  /** Salesforce's own words. They may quote a value: for the ledger, never for a log. */
  words?: string | undefined
  retryAfterMs?: number
  cause?: unknown
}

/** A call to Salesforce that failed. Its message is safe to log; jsforce's own errors hold the whole body. */
export class SalesforceError extends Failure<FailureKind, Detail> {
  override readonly name = 'SalesforceError'
}

/** The org's API calls of the last 24 hours, as its headers tell them. */
export type Usage = { used: number; most: number }

/** The failure that an answer of 300 or more is. `usage` is what its header said. */
export function refusalOf(status: number, text: string, usage: Usage | null): SalesforceError {
  const body = parseJson(text)
  const oauth = oauthErrorSchema.safeParse(body).data
  if (oauth) {
    const passing = kindOf(status, undefined, '', usage)
    const kind = passing === 'busy' || passing === 'lost' ? passing : 'credentials'
    return new SalesforceError(kind, `Salesforce answered ${status} ${oauth.error}`, { status, code: oauth.error })
  }
  const [first] = refusalsSchema.safeParse(body).data ?? []
  const { errorCode: code, message = '' } = first ?? {}
  const field = code === undefined ? undefined : unknownField(code, message)
  const said = `Salesforce answered ${status} ${code ?? 'without a code'}`
  return new SalesforceError(
    kindOf(status, code, message, usage),
    field === undefined ? said : `${said}: there is no field ${field}, or it is hidden from our user`,
    { status, code, words: [code, message].filter(Boolean).join(': ') || undefined },
  )
}

/** An unknown field is named only in words: "No such column 'x' on entity 'Contact'", "… on sobject of type Contact". */
export function unknownField(code: string, message: string): string | undefined {
  return code.startsWith('INVALID_FIELD') ? /No such column '(\w+)'/.exec(message)?.[1] : undefined
}

/** Anything that was thrown before a whole answer was there: connection, deadline, cut or unreadable body. */
export function lostAnswer(error: unknown, deadlineMs: number): SalesforceError {
  if (error instanceof SalesforceError) return error
  const { message, cause } = lossOf(error, 'Salesforce', deadlineMs)
  return new SalesforceError('lost', message, { cause })
}

/** The day is a rolling one, so a quarter of an hour frees some calls. */
const dailyRetryAfterMs = 900_000

/** The error for the rest of the house. */
export function toAppError(error: SalesforceError, connection: string): AppError {
  const { code, status } = error.detail
  const said = `connection ${connection}: ${error.message}`
  // Not the error itself, whose detail may quote values: causes end up in logs.
  const cause = { cause: error.cause }
  switch (error.kind) {
    case 'session':
    case 'credentials': {
      const what = `Salesforce refuses the credentials (${code ?? status})`
      const help = 'check the URL (My Domain), the connected app, its flow, its user and that the user may use the API'
      return new AppError('crm.credentials', 'stop', `connection ${connection}: ${what}; ${help}`, cause)
    }
    case 'daily': {
      // Without a status it was not the org that refused, but our own count.
      const why = status === undefined ? error.message : "the org's API calls of the last 24 hours are used up"
      const { retryAfterMs = dailyRetryAfterMs } = error.detail
      return new AppError('crm.daily_limit', 'retry', `connection ${connection}: ${why}`, { ...cause, retryAfterMs })
    }
    case 'busy':
      return new AppError('crm.rate_limited', 'retry', said, { ...cause, retryAfterMs: 10_000 })
    case 'unopened':
    case 'lost':
      return new AppError('crm.unreachable', 'retry', said, cause)
    case 'refused':
      return new AppError('crm.refused', 'stop', said, cause)
  }
}

function kindOf(status: number, code: string | undefined, message: string, usage: Usage | null): FailureKind {
  // Also with a 400 on some resources: the code tells, not the status.
  if (code === 'REQUEST_LIMIT_EXCEEDED') return limitOf(message, usage)
  if (status === 401) return 'session'
  if (status === 403) return code === 'FUNCTIONALITY_NOT_ENABLED' ? 'refused' : 'credentials'
  // 420 is what an overloaded instance answers (jsforce retries it too); 423 and 429 have not been carried out either.
  if ([420, 423, 429].includes(status)) return 'busy'
  // A redirect is a page about maintenance, or a move of the org: it passes.
  if (status >= 500 || status === 408 || status < 400) return 'lost'
  return 'refused'
}

/** One code for two limits: calls per day, and calls that last 20 s at once (crm.md 4.2). */
function limitOf(message: string, usage: Usage | null): FailureKind {
  const isUsedUp = usage !== null && usage.used >= usage.most
  // The header may lag behind the refusal, so the one text that names the day's limit counts as much.
  if (isUsedUp || /TotalRequests/i.test(message)) return 'daily'
  return usage !== null || /concurrent/i.test(message) ? 'busy' : 'daily'
}
