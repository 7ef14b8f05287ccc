import type { ListedSchedule, ScheduleRun } from '../../backfill/index.ts'
import { table } from './table.ts'
import { count, usd } from './words.ts'

/** Reasons are read to their end. */
const widest = 200

/** Every schedule in force with its next due time, in its own zone, and what became of its newest run. */
export function showSchedules(listed: readonly ListedSchedule[]): string {
  if (listed.length === 0)
    return 'No backfill is declared to repeat: a running service takes up the files in the folder backfills (AFTERWORD_BACKFILLS).'
  const rows = listed.map(({ schedule, nextDue, lastRun }) => [
    schedule.name,
    `${schedule.rhythm} ${schedule.zone}`,
    nextDue === null ? 'by hand only: enabled is false' : clock(nextDue, schedule.zone),
    schedule.cap === null ? 'none' : `${usd(schedule.cap.usd)} a ${schedule.cap.per}`,
    lastRun === null
      ? 'none yet'
      : (lastRun.dueAt === null ? `by ${lastRun.askedBy}, ` : '') +
        clock(lastRun.dueAt ?? lastRun.claimedAt, schedule.zone),
    lastRun === null ? '' : showOutcome(lastRun),
  ])
  return table(['name', 'every', 'next', 'limit', 'last run', 'what became of it'], rows, widest)
}

/** What became of a run, in words. */
export function showOutcome({ state, why, backfill, missed, retryAt }: ScheduleRun): string {
  const missing = missed > 0 ? `; ${count(missed, 'earlier due time')} missed: no worker ran` : ''
  return `${outcome()}${missing}`

  function outcome(): string {
    if (backfill !== null)
      return `backfill ${backfill.id} ${backfill.state}${backfill.why === null ? '' : `: ${backfill.why}`}`
    if (state === 'claimed') return why === null ? 'about to start' : `tried again at ${retryAt?.toISOString()}: ${why}`
    if (state === 'started') return 'started; its backfill is gone'
    return `${state === 'empty' ? 'nothing to do' : state}: ${why}`
  }
}

function clock(at: Date, zone: string): string {
  const time = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone)
  return time.toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' ')
}
