import type { Value } from './types.ts'

/** `0` and `false` are values; blank text and an empty list are none. */
export function isEmpty(value: Value): boolean {
  return (
    value === null || (typeof value === 'string' && value.trim() === '') || (Array.isArray(value) && value.length === 0)
  )
}
