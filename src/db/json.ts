/**
 * The text of a value for a jsonb column. Use it for every one: `pg` itself would send an array as a PostgreSQL array.
 * Half a surrogate pair becomes U+FFFD and NUL is dropped, because jsonb refuses both. Null is JSON's null, not SQL's.
 */
export function json(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null'
  return suspectEscape.test(text) ? JSON.stringify(storable(JSON.parse(text))) : text
}

/** How `JSON.stringify` writes NUL and lone surrogates; a text without such an escape is stored as it is. */
const suspectEscape = /\\u(?:0000|d[89a-f][0-9a-f]{2})/

function storable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value)
  if (Array.isArray(value)) return value.map(storable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [storableText(key), storable(inner)]))
}

function storableText(text: string): string {
  return text.replaceAll('\0', '').toWellFormed()
}
