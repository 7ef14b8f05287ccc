import type { Rate } from '../../limits/index.ts'
import type { HubspotError } from './errors.ts'

/** 10·r + b ≤ B keeps every rolling 10 s within B, which measured without a single 429 (crm.md 10.1). */
export function rateOf(perTenSeconds: number): Rate {
  const burst = Math.max(1, Math.min(10, Math.floor(perTenSeconds / 2)))
  return { burst, perSecond: Math.max(1, perTenSeconds - burst) / 10 }
}

/** Searches are 5 a second, for all apps of an account together: one of them is left to the others (crm.md 1.4). */
export const searchRate: Rate = { perSecond: 4, burst: 1 }

/** What is ours of a limit, where others are left their share. At least one call. */
export function oursOf(perTenSeconds: number, othersPercent: number): number {
  return Math.max(1, Math.floor((perTenSeconds * (100 - othersPercent)) / 100))
}

/** How long all callers keep still after a burst 429: 2, 4, 8 s, so that three retries outlast the window of 10 s. */
export function burstPauseMs({ detail }: HubspotError, attempt: number): number {
  return detail.retryAfterMs ?? Math.min(10_000, 2000 * 2 ** attempt)
}
