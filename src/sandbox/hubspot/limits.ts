import { dayIn } from './calendar.ts'
import type { Portal } from './portal.ts'
import type { Throttle } from './refusals.ts'

/** When the requests of the current windows were let in. */
export type Traffic = { burst: number[]; search: number[]; day: string; today: number }

/** Requests a private app of a Professional account may send (crm.md 1.6). */
const WINDOWS = {
  burst: { requests: 190, ms: 10_000 },
  search: { requests: 5, ms: 1_000 },
} as const

/** Lets a request in and counts it, or says which limit it hit. Searches have a rate of their own; all share the day. */
export function admit(portal: Portal, bucket: 'burst' | 'search'): Throttle | undefined {
  const now = portal.clock()
  startNewDay(portal, now)
  if (portal.traffic.today >= portal.settings.dailyLimit) return 'daily'
  const window = portal.traffic[bucket]
  while (window[0] !== undefined && window[0] <= now - WINDOWS[bucket].ms) window.shift()
  if (window.length >= allowance(portal, bucket)) return bucket
  window.push(now)
  portal.traffic.today += 1
}

function startNewDay(portal: Portal, now: number): void {
  const day = dayIn(portal.timeZone, now)
  if (portal.traffic.day === day) return
  portal.traffic.day = day
  portal.traffic.today = 0
}

function allowance(portal: Portal, bucket: 'burst' | 'search'): number {
  return Math.max(1, Math.floor(WINDOWS[bucket].requests * portal.settings.rateScale))
}

export function rateHeaders(portal: Portal): Record<string, string> {
  const max = allowance(portal, 'burst')
  const { dailyLimit } = portal.settings
  return {
    'x-hubspot-ratelimit-max': String(max),
    'x-hubspot-ratelimit-remaining': String(max - portal.traffic.burst.length),
    'x-hubspot-ratelimit-interval-milliseconds': String(WINDOWS.burst.ms),
    'x-hubspot-ratelimit-daily': String(dailyLimit),
    'x-hubspot-ratelimit-daily-remaining': String(Math.max(0, dailyLimit - portal.traffic.today)),
  }
}
