import type { Spending } from '../deps.ts'
import { table } from './table.ts'
import { count, usd } from './words.ts'

/** Per scope and period what is spent, reserved and left; below it what is parked, with why and until when. */
export function showSpending({ scopes, parkedAnalyses, parkedBackfills }: Spending): string {
  const rows = scopes.map((each) => [
    each.scope,
    each.period,
    each.capUsd === null ? 'no limit' : usd(each.capUsd),
    usd(each.spentUsd),
    usd(each.reservedUsd),
    each.leftUsd === null ? '' : usd(each.leftUsd),
    each.resetsAt?.toISOString() ?? 'never',
  ])
  const lines = [table(['scope', 'period', 'limit', 'spent', 'reserved', 'left', 'begins anew'], rows)]
  for (const { code, analyses, since, retryAt } of parkedAnalyses) {
    lines.push(
      `parked: ${count(analyses, 'new conversation')} (${code}) since ${since.toISOString()}, next at ${retryAt.toISOString()}`,
    )
  }
  for (const { id, parked } of parkedBackfills) {
    if (parked)
      lines.push(
        `parked: backfill ${id} since ${parked.since.toISOString()}, until ${parked.until?.toISOString() ?? 'it may cost more'}`,
      )
  }
  return lines.join('\n')
}
