import { AppError } from '../../errors.ts'
import { Failure, lossOf } from '../failure.ts'
import { parseJson } from '../parse-json.ts'
import type { Problem } from '../rows.ts'
import { refusalSchema } from './wire.ts'

/**
 * What a failed call means to us:
 * `credentials` · `burst`, `secondly`, `daily` (the three 429s) · `busy` (locked or migrating: not done, ask again) ·
 * `lost` (no answer, or none that can be read: an update may have been carried out) · `refused` (asked wrongly).
 */
export type FailureKind = 'credentials' | 'burst' | 'secondly' | 'daily' | 'busy' | 'lost' | 'refused'

type Detail = {
  status?: number
  category?: string | undefined
  correlationId?: string | undefined
  retryAfterMs?: number | undefined
  /** Ids the answer names. */
  ids?: string[]
  /** Fields the answer names. */
  problems?: Problem[]
  /** The word with which a new token was refused, such as `invalid_grant`. */
  grant?: string
  /** Scopes the answer asks for. */
  scopes?: string[]
  /** HubSpot's own words. They may quote a value: for the ledger, never for a log. */
  words?: string | undefined
  cause?: unknown
}

/** A call to HubSpot that failed. Its message is safe to log; the SDK's own exception holds the whole body and headers. */
export class HubspotError extends Failure<FailureKind, Detail> {
  override readonly name = 'HubspotError'
}

/** The failure that an answer other than 2xx is. */
export function refusalOf(status: number, headers: Headers, text: string): HubspotError {
  const body = refusalSchema.parse(parseJson(text))
  const words = [body.category, body.message].filter((part) => part !== undefined).join(': ')
  const named = [body.category, body.policyName].filter((part) => part !== undefined).join(' ')
  return new HubspotError(
    kindOf(status, body.policyName ?? body.message ?? ''),
    `HubSpot answered ${status} ${named} (correlation id ${body.correlationId ?? 'none'})`,
    { ...body, status, words: words || undefined, retryAfterMs: retryAfterMs(headers) },
  )
}

/** Anything that was thrown before a whole answer was there: connection, deadline, cut or unreadable body. */
export function lostAnswer(error: unknown, deadlineMs: number): HubspotError {
  if (error instanceof HubspotError) return error
  const { message, cause } = lossOf(error, 'HubSpot', deadlineMs)
  return new HubspotError('lost', message, { cause })
}

/** The error for the rest of the house. `untilMidnightMs`: how long the account's day still lasts. */
export function toAppError(error: HubspotError, connection: string, untilMidnightMs: number): AppError {
  const { status, retryAfterMs, scopes = [], grant } = error.detail
  // Not the error itself, whose detail may quote values: causes end up in logs.
  const cause = { cause: error.cause }
  switch (error.kind) {
    case 'credentials':
      return new AppError(
        'crm.credentials',
        'stop',
        grant !== undefined
          ? `connection ${connection}: HubSpot gives no new token (${grant}): install the app in the account again, and set REFRESH_TOKEN to what that gives`
          : scopes.length > 0
            ? `connection ${connection}: HubSpot's app lacks a scope (${status}): it needs ${scopes.join(' or ')}; add it and install the app again`
            : `connection ${connection}: HubSpot refuses the token (${status}); check that it is current and has the contact and schema scopes`,
        cause,
      )
    case 'daily': {
      // Without a status it was not HubSpot that refused, but our own count.
      const why = status === undefined ? error.message : "HubSpot's calls for today are used up"
      return new AppError('crm.daily_limit', 'retry', `connection ${connection}: ${why}`, {
        ...cause,
        retryAfterMs: retryAfterMs ?? untilMidnightMs,
      })
    }
    case 'burst':
    case 'secondly':
    case 'busy':
      return new AppError('crm.rate_limited', 'retry', `connection ${connection}: ${error.message}`, {
        ...cause,
        retryAfterMs: retryAfterMs ?? 10_000,
      })
    case 'lost':
      return new AppError('crm.unreachable', 'retry', `connection ${connection}: ${error.message}`, cause)
    case 'refused':
      return new AppError('crm.refused', 'stop', `connection ${connection}: ${error.message}`, cause)
  }
}

function kindOf(status: number, policy: string): FailureKind {
  if (status === 401 || status === 403) return 'credentials'
  if (status === 429) return limitOf(policy)
  // 477 is HubSpot's own: the account is being moved to another data centre.
  if (status === 423 || status === 477) return 'busy'
  if (status >= 500 || status === 408 || status < 400) return 'lost'
  return 'refused'
}

/** Only the burst and the daily 429 name their policy; the search one has nothing but its wording (crm.md 1.6). */
function limitOf(policy: string): FailureKind {
  if (/daily/i.test(policy)) return 'daily'
  return /secondly/i.test(policy) && !/ten_secondly/i.test(policy) ? 'secondly' : 'burst'
}

/** Seconds on this side of their API (a workflow action's are milliseconds). */
function retryAfterMs(headers: Headers): number | undefined {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  return seconds >= 0 ? seconds * 1000 : undefined
}
