import { toolCallKeys } from './keys.ts'
import { unknownName } from './nearest.ts'
import { parseTests } from './parse-tests.ts'
import { isRecord, type Place } from './place.ts'
import type { Condition } from './types.ts'

const names = toolCallKeys.map(({ name }) => name)

/**
 * Conditions on the tools that were called: `[{ name: "book", success: false }, …]`. Each entry is a condition of its own,
 * which holds where one call passes all its parts. @see reference/retell.md 2.2
 */
export function parseToolCalls(input: unknown, place: Place): Condition[] {
  if (!Array.isArray(input)) return parseToolCall(input, place)
  return input.flatMap((entry, index) => parseToolCall(entry, place.at(index)))
}

function parseToolCall(entry: unknown, place: Place): Condition[] {
  if (!isRecord(entry) || Object.keys(entry).length === 0) {
    place.refuse(`expected an object with some of: ${names.join(', ')}`)
    return []
  }
  const tests = Object.entries(entry).flatMap(([key, wanted]) => {
    const known = toolCallKeys.find(({ name }) => name === key)
    if (known) return parseTests(wanted, known, place.at(key)).map((test) => ({ part: known.name, test }))
    place.at(key).refuse(unknownName('key', key, names))
    return []
  })
  return tests.length > 0 ? [{ field: 'tool_calls', tests }] : []
}
