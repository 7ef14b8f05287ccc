/** The moment and the IANA zone that relative times go by. */
export type Clock = { now: Date; zone: string }

/** The stretches of the calendar of which the last whole one can be meant; a week begins on Monday. */
export const spans = ['hour', 'day', 'week', 'month'] as const

type Span = (typeof spans)[number]

const form = /^-(?<many>\d{1,4})(?<unit>[mhdw])$/
const units: Record<string, 'minutes' | 'hours' | 'days' | 'weeks'> = {
  m: 'minutes',
  h: 'hours',
  d: 'days',
  w: 'weeks',
}

/** Epoch ms of `-90m`, `-6h`, `-1d` or `-2w`, counted back from the clock; a day back is the same time by the zone's clock. Null for anything else. */
export function relativeTime(text: string, clock: Clock): number | null {
  const { many = '', unit = '' } = form.exec(text)?.groups ?? {}
  const word = units[unit]
  return word === undefined ? null : zoned(clock).subtract({ [word]: Number(many) }).epochMilliseconds
}

/** Whether a text is a relative time, whatever the clock says. */
export function isRelativeTime(text: string): boolean {
  return form.test(text)
}

/** Epoch ms of the start of the last whole hour, day, week or month before the clock's, and of its end, which is no part of it. */
export function lastSpan(span: Span, clock: Clock): [number, number] {
  const end = startOf(span, zoned(clock))
  return [startOf(span, end.subtract({ [`${span}s`]: 1 })).epochMilliseconds, end.epochMilliseconds]
}

function startOf(span: Span, at: Temporal.ZonedDateTime): Temporal.ZonedDateTime {
  if (span === 'hour') return at.round({ smallestUnit: 'hour', roundingMode: 'floor' })
  if (span === 'day') return at.startOfDay()
  return (span === 'week' ? at.subtract({ days: at.dayOfWeek - 1 }) : at.with({ day: 1 })).startOfDay()
}

function zoned({ now, zone }: Clock): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone)
}
