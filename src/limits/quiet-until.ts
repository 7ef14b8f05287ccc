import type { QuietHours } from '../config.ts'

const minuteMs = 60_000

/**
 * When quiet hours end that are on at a time, also where one window follows upon another; null outside of them. Pure. Windows
 * go by the zone's clock: an hour that the clock repeats is quiet both times, a time that it skips counts as so much later.
 */
export function quietUntil({ zone, windows }: QuietHours, now: Date): Date | null {
  let until: number | null = null
  for (;;) {
    const at: number = until ?? now.getTime()
    const today = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate()
    const ends = [today.subtract({ days: 1 }), today].flatMap((day) =>
      windows.flatMap(({ days, from, to }) => {
        if (!days.includes(day.dayOfWeek)) return []
        const start = instantOf(zone, day, from, 'earlier')
        const end = instantOf(zone, to > from ? day : day.add({ days: 1 }), to, 'later')
        return start <= at && at < end ? [end] : []
      }),
    )
    if (ends.length === 0) return until === null ? null : new Date(until)
    until = Math.max(...ends)
  }
}

function instantOf(zone: string, day: Temporal.PlainDate, minute: number, twice: 'earlier' | 'later'): number {
  const midnight = day.toPlainDateTime()
  const local = midnight.add({ minutes: minute })
  const zoned = local.toZonedDateTime(zone, { disambiguation: 'compatible' })
  // Only where the clock shows a time twice is there a choice.
  const isSkipped = !zoned.toPlainDateTime().equals(local)
  return (isSkipped ? zoned : local.toZonedDateTime(zone, { disambiguation: twice })).epochMilliseconds
}

/** `06:00 Europe/Berlin`, with the day where it is not within a day of `now`. */
export function clockOf({ zone }: QuietHours, at: Date, now: Date): string {
  const time = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone)
  const clock = time.toPlainTime().toString({ smallestUnit: 'minute' })
  const isSoon = at.getTime() - now.getTime() < 24 * 60 * minuteMs
  return `${isSoon ? '' : `${time.toPlainDate().toString()} `}${clock} ${zone}`
}
