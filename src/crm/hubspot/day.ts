/** How long the day still lasts in a zone; an hour off on the two days a year that are not 24 hours long. */
export function untilMidnightMs(timeZone: string, at: Date): number {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'medium' }).format(at)
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number)
  return 86_400_000 - (hours * 3600 + minutes * 60 + seconds) * 1000
}

/** HubSpot's clock is not ours: a day begun too early would be told that it is used up. */
const lateMs = 60_000

/** When the account's day of calls ends, in its zone: never sooner than HubSpot begins the next. */
export function dayEndsAt(timeZone: string, at: Date): Date {
  const second = Math.floor(at.getTime() / 1000) * 1000
  return new Date(second + untilMidnightMs(timeZone, new Date(second - lateMs)))
}
