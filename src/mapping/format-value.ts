import type { Value } from './types.ts'

/** A value on one line of a table: text with its line breaks as spaces, lists with commas, nothing as `(empty)`. Pure. */
export function formatValue(value: Value): string {
  if (value === null) return '(empty)'
  const text = Array.isArray(value) ? value.join(', ') : String(value)
  return text.trim() === '' ? '(empty)' : text.replace(/\s*[\r\n]\s*/g, ' ')
}
