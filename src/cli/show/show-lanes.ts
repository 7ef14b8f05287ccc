import type { Backfill, BackfillStatus } from '../../backfill/index.ts'
import { count, duration, usd } from './words.ts'

type Estimate = Backfill['estimate']
type LaneEstimate = NonNullable<Estimate['lanes']>['flex']

/** The lanes side by side, the one that is taken marked; nothing where there is no choice. */
export function showLanes({ lane, deadlineAt, estimate }: Backfill): string[] {
  const { lanes, modelCalls } = estimate
  if (!lanes || modelCalls === 0) return []
  const standard = rowOf('standard', lanes.standard)
  const flex = rowOf('flex', lanes.flex)
  const widths = standard.map((cell, place) => Math.max(cell.length, flex[place]?.length ?? 0))
  const line = (row: string[], isTaken: boolean) =>
    `${row.map((cell, place) => cell.padEnd(widths[place] ?? 0)).join('  ')}${isTaken ? '  <- this plan' : ''}`.trimEnd()
  const late =
    deadlineAt === null
      ? []
      : [`             flex until ${deadlineAt.toISOString()}: what is late then goes to standard`]
  return [`  lanes      ${line(standard, lane === 'standard')}`, `             ${line(flex, lane === 'flex')}`, ...late]
}

function rowOf(name: string, { costUsd, costUsdLow, costUsdHigh, seconds }: LaneEstimate): string[] {
  const time = seconds === null ? 'time not known yet: no call of late' : `about ${duration(seconds)}, without waits`
  return [name, `about ${usd(costUsd)} (${usd(costUsdLow)} to ${usd(costUsdHigh)})`, time]
}

/** How many went by which lane, and by which the rest goes. */
export function showLaneCalls({ backfill, lanes, items }: BackfillStatus): string[] {
  if (backfill.lane === 'standard') return []
  const { standard, flex, unavailable } = lanes
  const refused =
    unavailable > 0 ? `, flex had no room ${unavailable === 1 ? 'once' : `${count(unavailable, 'time')}`}` : ''
  return [
    `  lane       flex${untilOf(backfill, items.open + items.claimed)}: ${flex} by flex, ${standard} by standard${refused}`,
  ]
}

function untilOf({ deadlineAt }: Backfill, left: number): string {
  if (deadlineAt === null) return ''
  if (deadlineAt > new Date()) return ` until ${deadlineAt.toISOString()}`
  const rest = left > 0 ? `, ${count(left, 'conversation')} left go by standard` : ''
  return `, late since ${deadlineAt.toISOString()}${rest}`
}
