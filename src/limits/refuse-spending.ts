import { AppError } from '../errors.ts'
import { type Budget, resetsAt } from './charges.ts'

/** A limit as a call found it. */
export type LimitState = Budget & { capUsd: number; spentUsd: number; reservedUsd: number }

/**
 * The error of a call that does not fit into what these limits leave: `spending.limit`, 429, retry when the last of them has begun
 * anew, or, where one of them never does, when somebody has raised it. Nothing is reserved.
 */
export function refuseSpending(needsUsd: number, limits: LimitState[], now: Date): AppError {
  const resets = latest(limits.map(resetsAt))
  const named = limits.map(
    ({ scope, period, capUsd, spentUsd, reservedUsd }) =>
      `${scope} may spend ${usd(capUsd)} ${period === 'total' ? 'in all' : `a ${period}`}; ${usd(spentUsd)} are spent and ${usd(reservedUsd)} reserved`,
  )
  const isHopeless = limits.some(({ capUsd }) => needsUsd > capUsd)
  const outlook = isHopeless
    ? 'It fits only when the limit is raised'
    : `Goes on ${resets ? `at ${resets.toISOString()}, or ` : ''}when the limit is raised`
  const message = `the model is not asked, which may cost ${usd(needsUsd)}: ${named.join('; ')}. ${outlook}`
  return new AppError('spending.limit', 'retry', message, {
    status: 429,
    ...(resets && { retryAfterMs: Math.max(0, resets.getTime() - now.getTime()) }),
    facts: {
      needs_usd: needsUsd,
      resets_at: resets?.toISOString() ?? null,
      limits: limits.map((limit) => ({
        scope: limit.scope,
        period: limit.period,
        cap_usd: limit.capUsd,
        spent_usd: limit.spentUsd,
        reserved_usd: limit.reservedUsd,
        resets_at: resetsAt(limit)?.toISOString() ?? null,
      })),
    },
  })
}

function latest(times: (Date | null)[]): Date | null {
  return times.reduce((late, time) => (late && time ? (time > late ? time : late) : null))
}

/** How much a refused call would have reserved and when its limits begin anew (null: one never does); null for any other error. */
export function readRefusal(error: AppError): { needsUsd: number; resetsAt: Date | null } | null {
  if (error.code !== 'spending.limit') return null
  const { needs_usd: needsUsd, resets_at: at } = error.facts ?? {}
  return typeof needsUsd === 'number' ? { needsUsd, resetsAt: typeof at === 'string' ? new Date(at) : null } : null
}

/** Cents from a dollar on; below, enough digits to see that it is not nothing. */
export function usd(amount: number): string {
  return `$${amount >= 1 || amount === 0 ? amount.toFixed(2) : amount.toPrecision(2)}`
}
