import { z } from 'zod'

/** From one minute of the day to another, on these days (1 is Monday); to an earlier one or the same: into the next day. */
type QuietWindow = { days: number[]; from: number; to: number }

/** When a CRM is to be left alone, by the clock of an IANA zone. */
export type QuietHours = { zone: string; windows: QuietWindow[] }

const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const minutesOfDay = 1_440
const form = /^(?:(?<first>[a-z]{3})(?:-(?<last>[a-z]{3}))? )?(?<from>\d\d:\d\d)-(?<to>\d\d:\d\d)$/i

/**
 * Quiet hours as a setting has them: windows separated by commas, then the zone. `22:00-06:00 Europe/Berlin`, or
 * `mon-fri 22:00-06:00, sat-sun 00:00-24:00 Europe/Berlin`; a day is the one on which a window begins.
 */
export const quietHours = z.string().transform((text, context): QuietHours => {
  const words = text.trim().split(/\s+/)
  const zone = words.pop() ?? ''
  const windows = words.join(' ').split(/ ?, ?/).map(toWindow)
  const wrong = windows.indexOf(null)
  const refuse = (message: string) => {
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  }
  if (!isZone(zone)) return refuse('must end with an IANA time zone, such as 22:00-06:00 Europe/Berlin')
  if (wrong !== -1)
    return refuse(
      `window ${wrong + 1} cannot be read: 22:00-06:00, or with days mon-fri 22:00-06:00; several are separated by commas`,
    )
  const read = windows.filter((window) => window !== null)
  if (isAlways(read))
    return refuse('leave no time at all to write; to write nothing, set `write: false` in the mapping file')
  return { zone, windows: read }
})

function toWindow(text: string): QuietWindow | null {
  const { first, last, from = '', to = '' } = form.exec(text)?.groups ?? {}
  const days = daysOf(first?.toLowerCase(), last?.toLowerCase())
  const [start, end] = [minuteOf(from), minuteOf(to)]
  if (days === null || start === null || end === null || start === end || start === minutesOfDay) return null
  return { days, from: start, to: end }
}

function daysOf(first: string | undefined, last = first): number[] | null {
  if (first === undefined || last === undefined) return [1, 2, 3, 4, 5, 6, 7]
  const [from, to] = [dayNames.indexOf(first), dayNames.indexOf(last)]
  if (from === -1 || to === -1) return null
  return Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, day) => ((from + day) % 7) + 1)
}

function minuteOf(text: string): number | null {
  const [hours = Number.NaN, minutes = Number.NaN] = text.split(':').map(Number)
  const minute = hours * 60 + minutes
  return minutes < 60 && minute <= minutesOfDay ? minute : null
}

function isZone(zone: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '' && /^[A-Za-z]/.test(zone)
  } catch {
    return false
  }
}

/** Whether no minute of the week is left. */
function isAlways(windows: readonly QuietWindow[]): boolean {
  const week = new Set<number>()
  for (const { days, from, to } of windows)
    for (const day of days)
      for (let minute = from; minute < (to > from ? to : to + minutesOfDay); minute++)
        week.add((day * minutesOfDay + minute) % (7 * minutesOfDay))
  return week.size === 7 * minutesOfDay
}
