const DAY = /^\d{4}-\d{2}-\d{2}$/
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/
const EPOCH_MS = /^-?\d{5,}$/

/** A day of the calendar: 30 February is none. */
export function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`)
  return DAY.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

export function isInstant(text: string): boolean {
  return INSTANT.test(text) && isDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text))
}

/** The calendar day on which an instant falls in a zone. */
export function dayIn(timeZone: string, instant: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(new Date(instant))
}

/** `YYYY-MM-DD`; a date also travels as midnight UTC in epoch milliseconds. */
export function canonicalDate(text: string): string {
  const instant = canonicalInstant(text, 1)
  return DAY.test(text) ? text : instant.slice(0, instant.endsWith('T00:00:00.000Z') ? 10 : undefined)
}

/** ISO 8601 in UTC, from any offset or epoch milliseconds, cut to whole `stepMs`. */
export function canonicalInstant(text: string, stepMs: number): string {
  const ms = EPOCH_MS.test(text) ? Number(text) : Date.parse(text)
  return Number.isNaN(ms) ? text : new Date(Math.floor(ms / stepMs) * stepMs).toISOString()
}
