// An answer is read by hand: a schema that is interpreted takes longer for the few fields than everything else that is done with them.

export type JsonObject = Record<string, unknown>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isTextOrAbsent(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string'
}

export function isTextOrNone(value: unknown): value is string | null | undefined {
  return value === null || isTextOrAbsent(value)
}

/** The text under a key, where there is one. */
export function textIn(value: unknown, key: string): string | undefined {
  const text = isObject(value) ? value[key] : undefined
  return typeof text === 'string' ? text : undefined
}
