export { usd } from '../../limits/index.ts'

/** `1 contact`, `2 contacts`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`
}

/** `ok 240, skipped 7`, the largest first. */
export function tally(counts: Partial<Record<string, number>>): string {
  const entries = Object.entries(counts).filter(([, number]) => number !== undefined && number > 0)
  if (entries.length === 0) return 'none'
  return entries
    .sort(([, a = 0], [, b = 0]) => b - a)
    .map(([name, number]) => `${name} ${number}`)
    .join(', ')
}

/** `40 s`, `3 min`, `2 h 5 min`: never less than a second. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
