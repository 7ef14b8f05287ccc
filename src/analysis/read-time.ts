/**
 * Days and instants as a model or a person may write them. Only what can be read in one way is: a day of the calendar, with its
 * year. Nothing is relative here: what "tomorrow" is, the model has worked out from the date of the conversation.
 */
const months = 'january february march april may june july august september october november december'.split(' ')
const month = `(?<month>sept|${months.flatMap((name) => [name, name.slice(0, 3)]).join('|')})\\.?`
const weekday = '(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?'
const day = '(?<day>\\d{1,2})(?:st|nd|rd|th)?'
const year = '(?<year>[1-9]\\d{3})'

/** With four digits at the front, with a month in words, or, with points, in the order of the countries that write points. */
const dayForms = [
  `${year}([-/.])(?<number>\\d{1,2})\\2${day}`,
  `${month} ${day},? ${year}`,
  `${day}(?: of)? ${month},? ${year}`,
  `${day}\\.(?<number>\\d{1,2})\\.${year}`,
].map((form) => new RegExp(`^${weekday}${form}$`, 'i'))

const timeOfDay =
  /^(?<date>.+?)(?:T|,? at |,? )(?<hours>\d{1,2})(?::(?<minutes>\d{2})(?::(?<seconds>\d{2})(?:\.\d+)?)?)? ?(?<half>[ap]\.?m\.?)? ?(?<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?$/i

const minuteMs = 60_000
/** The farthest that clocks are from UTC. */
const farthestZoneMs = 14 * 60 * minuteMs

/** The day that a text names, as `YYYY-MM-DD`, or null: 30 February is none, and 3/4/2026 may be two. Pure. */
export function readDay(text: string): string | null {
  const plain = text.trim().replaceAll(/\s+/g, ' ')
  for (const form of dayForms) {
    const parts = form.exec(plain)?.groups
    if (!parts) continue
    const number = parts.number ?? String(monthOf(parts.month ?? ''))
    return calendarDay(`${parts.year}-${number.padStart(2, '0')}-${(parts.day ?? '').padStart(2, '0')}`)
  }
  return null
}

/**
 * The instant that a text names, to the second, as ISO 8601 in UTC with milliseconds, so that later ones sort behind earlier ones; or null. A time
 * without a zone is in UTC, as the conversation's own start is told to the model. A day without a time of day is no instant. Pure.
 */
export function readInstant(text: string): string | null {
  const parts = timeOfDay.exec(text.trim().replaceAll(/\s+/g, ' '))?.groups
  if (!parts) return null
  const date = readDay(parts.date ?? '')
  const minuteOfDay = minutesOf(parts)
  const offsetMs = offsetOf(parts.zone)
  const seconds = Number(parts.seconds ?? 0)
  if (date === null || minuteOfDay === null || offsetMs === null || seconds > 59) return null
  return new Date(Date.parse(`${date}T00:00:00Z`) + minuteOfDay * minuteMs + seconds * 1000 - offsetMs).toISOString()
}

function monthOf(word: string): number {
  return months.findIndex((name) => name.startsWith(word.slice(0, 3).toLowerCase())) + 1
}

function calendarDay(iso: string): string | null {
  const date = new Date(`${iso}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso) ? iso : null
}

/** Minutes since midnight: `3 pm`, `15:00`; a bare 15 is no time. */
function minutesOf({ hours = '', minutes, half }: Record<string, string | undefined>): number | null {
  const hour = Number(hours)
  const minute = Number(minutes ?? 0)
  if (minute > 59 || (minutes === undefined && half === undefined)) return null
  if (half === undefined) return hour > 23 ? null : hour * 60 + minute
  return hour < 1 || hour > 12 ? null : ((hour % 12) + (/^p/i.test(half) ? 12 : 0)) * 60 + minute
}

function offsetOf(zone: string | undefined): number | null {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? '') ?? []
  if (sign === undefined) return 0
  const ms = (Number(hours) * 60 + Number(minutes)) * minuteMs
  return Number(minutes) > 59 || ms > farthestZoneMs ? null : sign === '-' ? -ms : ms
}
