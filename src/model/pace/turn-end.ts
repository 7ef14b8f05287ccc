import type { TurnEnd } from '../../limits/index.ts'
import type { Verdict } from '../failure.ts'
import { readRateHeaders } from './read-rate-headers.ts'

/** Signs that a provider has too much to do: no answer in time, or one that says so (529 is Anthropic's). */
const overloads = new Set<string | null>(['TimeoutError', 'http_408', 'http_503', 'http_504', 'http_529'])

/** What an answer, or an error in its place, means for the calls after it. Pure. */
export function turnEnd(verdict: Verdict, headers: Headers | undefined): TurnEnd {
  const { perMinute, remaining } = readRateHeaders(headers)
  return {
    isOverloaded: 'error' in verdict ? isRateLimit(verdict) : overloads.has(verdict.completion.reason),
    perMinute,
    remaining,
    holdMs: verdict.retryAfterMs ?? 0,
    credit: creditOf(verdict),
  }
}

function isRateLimit(verdict: Verdict): boolean {
  return 'error' in verdict && verdict.error.code === 'model.rate_limited'
}

function creditOf(verdict: Verdict): TurnEnd['credit'] {
  if ('error' in verdict) return verdict.error.code === 'model.quota' ? { refused: verdict.error.message } : 'unknown'
  return verdict.completion.outcome === 'transport' ? 'unknown' : 'answered'
}
