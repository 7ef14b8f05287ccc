import { APIError } from 'openai'
import { AppError } from '../errors.ts'
import type { Completion, Tier } from './completion.ts'
import { failed } from './outcome.ts'
import { readRateHeaders, resetOfUsedUp } from './pace/read-rate-headers.ts'

/** What an attempt ended with: a completion, or the error that ends the work; and whether trying again may help. */
export type Verdict = ({ completion: Completion } | { error: AppError }) & {
  passing: boolean
  /** How long the provider wants to be left alone, where it says so; an hour at most. */
  retryAfterMs: number | undefined
}

/** Refusals of one conversation that arrive as a 400 rather than as an answer. */
const answersBy400 = new Map<unknown, Completion['outcome']>([
  ['content_filter', 'filtered'],
  ['invalid_prompt', 'filtered'],
  ['context_length_exceeded', 'truncated'],
  // Groq, where it is not strict: the answer broke the schema.
  ['json_validate_failed', 'invalid'],
])

/**
 * How a provider says that it does not take the format in which it was told the schema: "This response_format type is unavailable now"
 * (DeepSeek, 400 or 422), "'response_format.type' must be 'json_schema' or 'text'" (LM Studio), "Either json_schema or grammar"
 * (llama.cpp), "does not support response format" (Groq). @see reference/llm.md 1.4
 */
const refusesFormat = /response[_ ]format|text\.format|json_schema|json_object/i
/** A schema that is wrong is refused in the same words, and is wrong in every format. */
const refusesSchema = /invalid schema|invalid_json_schema/i

/** Out of credit is a 429 too, and no waiting helps. @see reference/llm.md 1.3 */
const outOfCredit = new Set<unknown>([
  'insufficient_quota',
  'credit_balance_exhausted',
  'organization_usage_limit_exceeded',
  'organization_spend_limit_exceeded',
  'project_spend_limit_exceeded',
])

/** No connection came about, so nothing was asked. Whatever else breaks off may have been answered, and billed. */
const unsent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** How a flex call is refused for want of machines, for which nothing is billed. @see reference/llm.md 1.7 */
const unavailable = /resource[ _]?(?:is )?(?:temporarily )?unavailable/i

/** Said by something between us and a model that may be at work: a gateway or a proxy. The last four are Cloudflare's. */
const lostAnswers = new Set([408, 502, 504, 520, 522, 523, 524])

/**
 * What an error thrown by the SDK means for the conversation, the job and the provider. Whatever is no answer of the API
 * (a dropped connection is a bare TypeError) passes. Messages hold codes only: vendors quote keys and prompts in theirs.
 */
export function readFailure(error: unknown, model: string, nowMs: number, tier: Tier = 'standard'): Verdict {
  if (!(error instanceof APIError) || error.status === undefined) {
    const cause = causeOf(error)
    return transport(cause, null, model, unsent.has(cause))
  }
  const { status, code, type, headers } = error
  const requestId = error.requestID ?? null
  const retryAfterMs = atMostAnHour(
    readRetryAfter(headers, nowMs) ?? (status === 429 ? resetOfUsedUp(readRateHeaders(headers)) : undefined),
  )
  const outcome = status === 400 ? answersBy400.get(code) : undefined
  // An answer was made before it was found to break the schema.
  const isMetered = outcome !== 'invalid'
  if (outcome) return verdict({ completion: { ...failed(outcome, String(code), requestId, model), isMetered } })
  if (outOfCredit.has(code) || outOfCredit.has(type))
    return stop('model.quota', 'has no credit left for this key', error)
  const what = String(code ?? type ?? status)
  const words = `${String(code)} ${String(type)} ${error.message}`
  if (status === 429 && tier === 'flex' && unavailable.test(words)) return flexUnavailable(retryAfterMs)
  if (status === 429) {
    const detail = { status: 503, ...(retryAfterMs !== undefined && { retryAfterMs }) }
    const limited = new AppError(
      'model.rate_limited',
      'retry',
      `the model provider asks to slow down (${what})`,
      detail,
    )
    return { error: limited, passing: true, retryAfterMs }
  }
  if (status === 408 || status === 409 || status >= 500) {
    return { ...transport(`http_${status}`, requestId, model, !lostAnswers.has(status)), retryAfterMs }
  }
  if (status === 401) return stop('model.unauthorized', 'does not accept the key', error)
  if (status === 403) return stop('model.forbidden', `does not let this key use ${model}`, error)
  if (status === 404) return stop('model.unknown', `has no ${model} at this address`, error)
  if (tier === 'flex' && (status === 400 || status === 422) && /service_tier/i.test(`${error.param} ${words}`))
    return stop('model.no_flex', `has no flex tier for ${model}`, error)
  if ((status === 400 || status === 422) && refusesFormat.test(words) && !refusesSchema.test(words))
    return stop('model.format_refused', 'does not take the schema in this format', error)
  return stop('model.rejected', `does not accept the request (${what})`, error)
}

/** It says nothing of how fast the others may ask: neither the model is left alone for it, nor does anybody else wait. */
function flexUnavailable(retryAfterMs: number | undefined): Verdict {
  const detail = { status: 503, ...(retryAfterMs !== undefined && { retryAfterMs }) }
  const message = 'the model provider has no room for flex now'
  return verdict({ error: new AppError('model.unavailable', 'retry', message, detail) })
}

function verdict(answer: { completion: Completion } | { error: AppError }): Verdict {
  return { ...answer, passing: false, retryAfterMs: undefined }
}

function transport(reason: string, requestId: string | null, model: string, isMetered: boolean): Verdict {
  return { ...verdict({ completion: { ...failed('transport', reason, requestId, model), isMetered } }), passing: true }
}

function stop(code: string, what: string, { status, code: theirs, type, param, requestID }: APIError): Verdict {
  const facts = { status, code: theirs, type, param, requestId: requestID }
  return verdict({ error: new AppError(code, 'stop', `the model provider ${what}`, { status: 502, facts }) })
}

/** `ECONNREFUSED`, `UND_ERR_SOCKET`, `TimeoutError`: what lies at the bottom of the SDK's and fetch's own errors. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if (error.cause instanceof Error) return causeOf(error.cause)
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

/** Who is to be left alone for longer is asked again after an hour, and says so again: no header that is wrong holds a model for good. */
function atMostAnHour(waitMs: number | undefined): number | undefined {
  return waitMs === undefined ? undefined : Math.min(waitMs, 3_600_000)
}

/** The SDK obeys at most 60 s; the header may ask for any time, in ms, in seconds or as a date. */
function readRetryAfter(headers: Headers | undefined, nowMs: number): number | undefined {
  const inMs = headers?.get('retry-after-ms')
  const after = headers?.get('retry-after')
  const waitMs = inMs ? Number(inMs) : Number(after || Number.NaN) * 1000
  if (waitMs >= 0) return waitMs
  const until = Date.parse(after ?? '')
  return Number.isNaN(until) ? undefined : Math.max(0, until - nowMs)
}
