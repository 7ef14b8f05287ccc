import type { Rate } from '../../limits/index.ts'
import type { HubspotError } from './errors.ts'

/** 10·r + b ≤ B keeps every rolling 10 s within B, which measured without a single 429 (crm.md 10.1). */
export function rateOf(perTenSeconds: number): Rate {
  const burst = Math.max(1, Math.min(10, Math.floor(perTenSeconds / 2)))
  return { burst, perSecond: Math.max(1, perTenSeconds - burst) / 10 }
}

/** How long all callers keep still after a burst 429: 2, 4, 8 s, so that three retries outlast the window of 10 s. */
export function burstPauseMs({ detail }: HubspotError, attempt: number): number {
  return detail.retryAfterMs ?? Math.min(10_000, 2000 * 2 ** attempt)
}
