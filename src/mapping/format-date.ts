import { datePieces, isDateStyle, showsTime } from './date-pattern.ts'
import { dateFormatter } from './formatters.ts'
import { ordinarySpaces } from './ordinary-spaces.ts'
import type { DateFormat, Value } from './types.ts'

/**
 * A day (`2026-01-31`) or a time (ISO 8601) as text; null for anything else, and for a day where a time of the day is to be
 * shown. A day, and a time without its offset, is the same everywhere: `time_zone` does not move it.
 */
export function formatDate(value: Value, format: DateFormat): string | null {
  const found = typeof value === 'string' ? readInstant(value.trim()) : null
  if (found === null || (found.isDay && showsTimeOfDay(format))) return null
  const timeZone = found.isLocal ? 'UTC' : format.timeZone
  return ordinarySpaces(inStyle(found.at, { ...format, timeZone }))
}

function showsTimeOfDay({ date, time }: DateFormat): boolean {
  return time !== null || (date !== null && !isDateStyle(date) && showsTime(date))
}

function inStyle(at: Date, { date, time, timeZone, locale }: DateFormat): string {
  if (date !== null && !isDateStyle(date)) return inPattern(at, date, timeZone, locale)
  return dateFormatter(locale, {
    timeZone,
    ...(date === null ? {} : { dateStyle: date }),
    ...(time === null ? {} : { timeStyle: time }),
  }).format(at)
}

const shape = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:\d{2})?)?$/

function readInstant(text: string): { at: Date; isDay: boolean; isLocal: boolean } | null {
  const [, day, time, offset] = shape.exec(text) ?? []
  // The engine rolls 30 February over into March.
  if (day === undefined || !isRealDay(day)) return null
  const at = new Date(`${day}T${time ?? '00:00'}${offset ?? 'Z'}`)
  return Number.isNaN(at.getTime()) ? null : { at, isDay: time === undefined, isLocal: offset === undefined }
}

function isRealDay(day: string): boolean {
  const at = new Date(`${day}T00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day)
}

function inPattern(at: Date, pattern: string, timeZone: string, locale: string): string {
  const numbers = numbersOf(at, timeZone)
  // With a day beside it, for languages whose months change their endings then; and of the calendar that the numbers are of.
  const word = (part: 'month' | 'weekday' | 'dayPeriod', options: Intl.DateTimeFormatOptions) =>
    dateFormatter(locale, { timeZone, calendar: 'gregory', day: 'numeric', ...options })
      .formatToParts(at)
      .find(({ type }) => type === part)?.value ?? ''
  return datePieces(pattern)
    .map((piece) => {
      if ('text' in piece) return piece.text
      const { letter, count } = piece
      const width = count === 4 ? 'long' : 'short'
      if (letter === 'M' && count > 2) return word('month', { month: width })
      if (letter === 'E') return word('weekday', { weekday: width })
      if (letter === 'a') return word('dayPeriod', { hour: 'numeric', hourCycle: 'h12' })
      return String(numbers[letter] ?? '')
        .padStart(count, '0')
        .slice(letter === 'y' ? -count : 0)
    })
    .join('')
}

/** The numbers of a time in a time zone, by their letter in a pattern. */
function numbersOf(at: Date, timeZone: string): Record<string, number> {
  const parts = dateFormatter('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at)
  const of = (part: string) => Number(parts.find(({ type }) => type === part)?.value)
  const H = of('hour')
  return {
    y: of('year'),
    M: of('month'),
    d: of('day'),
    H,
    h: H % 12 === 0 ? 12 : H % 12,
    m: of('minute'),
    s: of('second'),
  }
}
