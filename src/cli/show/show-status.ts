import type { BackfillStatus } from '../../backfill/index.ts'
import { showCanary } from './show-canary.ts'
import { showLaneCalls } from './show-lanes.ts'
import { count, duration, tally, usd } from './words.ts'

/** How far a backfill is, in a few lines; after its end, what it came to. */
export function showStatus(status: BackfillStatus): string {
  const { backfill, items, pushes, modelCalls, holds } = status
  const { read, history, write } = pushes.calls
  const lines = [
    `Backfill ${backfill.id} is ${backfill.state}: ${items.done} of ${count(items.total, 'conversation')}`,
    `  outcomes   ${tally(items.outcomes)}${Object.keys(items.reasons).length > 0 ? ` (${tally(items.reasons)})` : ''}`,
    `  model      ${count(modelCalls, 'call')}, ${items.cached} from the cache, ${usd(items.costUsd)}`,
    ...showLaneCalls(status),
    `  CRM        ${read} reads, ${history} history reads, ${write} writes; ${count(pushes.recordsWritten, 'record')} written${createdOf(pushes)}`,
    `  decisions  ${tally(pushes.decisions)}`,
  ]
  lines.splice(1, 0, ...showCanary(backfill))
  if (status.ratePerMinute !== null) {
    const left = status.secondsLeft ? `, about ${duration(status.secondsLeft)} left` : ''
    const speed = `${count(backfill.concurrency, 'conversation')} at a time`
    lines.push(`  speed      ${Math.round(status.ratePerMinute)} a minute, ${speed}${left}`)
  }
  if (Object.values(pushes.activities).some((number) => number > 0))
    lines.push(`  activities ${tally(pushes.activities)}`)
  if (backfill.pausedWhy !== null) lines.splice(1, 0, `  paused     ${backfill.pausedWhy}`)
  if (backfill.parked)
    lines.splice(1, 0, `  parked     ${untilWhen(backfill, backfill.parked)}: ${backfill.parked.why}`)
  const { agents_changed: moved = 0 } = items.reasons
  if (moved > 0)
    lines.push(
      `  left out   ${count(moved, 'conversation')} sent again since with other agents: afterword backfill start ${backfill.id} --replan`,
    )
  if (pushes.waiting > 0) lines.push(`  waiting    ${count(pushes.waiting, 'contribution')} to be pushed`)
  for (const { contributions, why } of holds) lines.push(`  held       ${count(contributions, 'contribution')}: ${why}`)
  if (pushes.held > 0) lines.push(`  held       ${count(pushes.held, 'contribution')}, until ${heldUntil(backfill)}`)
  const connections = Object.entries(pushes.connections)
  for (const [name, totals] of connections.length > 1 ? connections : [])
    lines.push(
      `  ${name}: ${count(totals.recordsWritten, 'record')} written${createdOf(totals)}, ${totals.waiting} waiting, ${totals.held} held`,
    )
  return lines.join('\n')
}

function untilWhen({ id }: BackfillStatus['backfill'], { until }: { until: Date | null }): string {
  if (until) return `until ${until.toISOString()}, goes on by itself`
  return `until it may cost more (afterword backfill resume ${id} --max-cost-usd <amount>)`
}

function createdOf({ recordsCreated }: Pick<BackfillStatus['pushes'], 'recordsCreated'>): string {
  return recordsCreated > 0 ? `, ${recordsCreated} of them created` : ''
}

function heldUntil({ state, canary }: BackfillStatus['backfill']): string {
  if (canary === null || canary.passedAt !== null) return 'it is resumed or the contact is complete'
  return state === 'stopped' ? 'it goes on' : 'the canary has passed'
}
