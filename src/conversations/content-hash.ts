import { createHash } from 'node:crypto'

/** SHA-256 in hex of a value as JSON, the same in whatever order its keys stand. Pure. */
export function contentHash(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(withSortedKeys(value)))
    .digest('hex')
}

/** Sorted beforehand: with a function that is asked for every value, JSON takes a third longer, and every import pays it. */
function withSortedKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (Array.isArray(value)) return value.map(withSortedKeys)
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, each]) => [key, withSortedKeys(each)]))
}
