import type { Every } from './types.ts'

type Rhythm = { every: Every; zone: string }

/** Beyond these it is only told that there were many. */
const mostCounted = 1_000

/**
 * The first due time after a moment. Pure. A time that the zone's clock skips counts as so much later, one that it shows twice is due
 * the first time alone; an hour is due as often as its minute comes.
 */
export function nextDue({ every, zone }: Rhythm, after: Date): Date {
  const at = Temporal.Instant.fromEpochMilliseconds(after.getTime()).toZonedDateTimeISO(zone)
  if (every.unit === 'hour') return toDate(nextMinute(at, every.minute))
  // The day before too: what its clock skipped may be due after midnight.
  for (let day = at.toPlainDate().subtract({ days: 1 }); ; day = day.add({ days: 1 })) {
    if (!isDay(every, day)) continue
    const local = day.toPlainDateTime().add({ minutes: every.minute })
    const due = toDate(local.toZonedDateTime(zone, { disambiguation: 'compatible' }))
    if (due > after) return due
  }
}

/** The newest due time in (`after`, `until`], with how many lie before it there, of more than a thousand only some; null where none does. Pure. */
export function newestDue(rhythm: Rhythm, after: Date, until: Date): { due: Date; earlier: number } | null {
  let found: Date | null = null
  let count = 0
  for (let due = nextDue(rhythm, after); due <= until; due = nextDue(rhythm, due)) {
    // The way there is long: all but its last month is passed over.
    if (count === mostCounted) return newestDue(rhythm, new Date(until.getTime() - 32 * dayMs), until)
    found = due
    count += 1
  }
  return found && { due: found, earlier: count - 1 }
}

const dayMs = 24 * 3_600_000

function nextMinute(from: Temporal.ZonedDateTime, minute: number): Temporal.ZonedDateTime {
  let at = from.round({ smallestUnit: 'minute', roundingMode: 'floor' })
  do at = at.add({ minutes: 1 })
  while (at.minute !== minute)
  return at
}

function isDay(every: Exclude<Every, { unit: 'hour' }>, day: Temporal.PlainDate): boolean {
  return every.unit === 'month' ? day.day === every.day : every.days.includes(day.dayOfWeek)
}

function toDate(at: Temporal.ZonedDateTime): Date {
  return new Date(at.epochMilliseconds)
}
