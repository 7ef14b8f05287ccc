/** How long the day still lasts in a zone; an hour off on the two days a year that are not 24 hours long. */
export function untilMidnightMs(timeZone: string, at: Date): number {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'medium' }).format(at)
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number)
  return 86_400_000 - (hours * 3600 + minutes * 60 + seconds) * 1000
}
