import type { Answer } from '../request-log.ts'
import type { Org } from './org.ts'

const DAY_MS = 86_400_000

/** Calls of the last 24 hours. */
function callsToday(org: Org): number {
  const since = org.clock() - DAY_MS
  while (org.calls[0] !== undefined && org.calls[0].at <= since) org.calls.shift()
  return org.calls.reduce((total, { count }) => total + count, 0)
}

/** Lets a call in and counts it, or says that the day's calls are used up; a refused call does not count. */
export function admit(org: Org): boolean {
  if (callsToday(org) >= org.settings.dailyLimit) return false
  const at = Math.floor(org.clock() / 60_000) * 60_000
  const last = org.calls.at(-1)
  if (last?.at === at) last.count += 1
  else org.calls.push({ at, count: 1 })
  return true
}

/** `Sforce-Limit-Info`, unless it is switched off. */
export function limitHeaders(org: Org, used = callsToday(org)): Record<string, string> {
  const { limitHeader, dailyLimit } = org.settings
  return limitHeader ? { 'sforce-limit-info': `api-usage=${used}/${dailyLimit}` } : {}
}

/** What is left of the allowances. */
export function limits(org: Org): Answer {
  const { dailyLimit } = org.settings
  return {
    status: 200,
    body: {
      DailyApiRequests: { Max: dailyLimit, Remaining: Math.max(0, dailyLimit - callsToday(org)) },
      DailyBulkV2QueryJobs: { Max: 10_000, Remaining: 10_000 },
    },
  }
}
