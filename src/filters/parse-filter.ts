import { filterKeys, keyedFields, scalarKeys } from './keys.ts'
import { unknownName } from './nearest.ts'
import { parseAgents } from './parse-agents.ts'
import { parseKeyed } from './parse-keyed.ts'
import { parseTests } from './parse-tests.ts'
import { parseToolCalls } from './parse-tool-calls.ts'
import { type FilterError, isRecord, type Place, placeIn } from './place.ts'
import type { Clock } from './relative-time.ts'
import type { Condition, Filter } from './types.ts'

/**
 * Reads a filter: the source product's `filter_criteria` for calls and chats, or our shorthand of it (`{ call_type:
 * phone_call, duration_ms: { ge: 20000 } }`). Nothing given is the filter that holds for everything. `kind` says what is
 * being filtered: then a key of the other kind is a mistake. With a `clock` times may be relative (`-1d`, `{ last: day }`), and are
 * read as what they are by it. Returns every mistake at once. Pure; never throws.
 */
export function parseFilter(
  input: unknown,
  options: { kind?: Filter['kind']; clock?: Clock } = {},
): { filter: Filter } | { errors: FilterError[] } {
  const errors: FilterError[] = []
  const filter = readFilter(input ?? {}, options, placeIn(errors))
  return errors.length === 0 ? { filter } : { errors }
}

function readFilter(
  input: unknown,
  { kind: asked = 'any', clock }: { kind?: Filter['kind']; clock?: Clock },
  place: Place,
): Filter {
  if (!isRecord(input)) {
    place.refuse('expected an object of conditions, such as { "direction": "inbound" }')
    return { kind: asked, conditions: [] }
  }
  let kind = asked
  const conditions: Condition[] = []
  for (const [key, value] of Object.entries(input)) {
    if (value === undefined) continue
    const required = scalarKeys.get(key)?.kind
    if (required !== undefined && kind !== 'any' && kind !== required) {
      place.at(key).refuse(`a key of ${required}s, but this filter is for ${kind}s`)
    } else {
      kind = required ?? kind
    }
    conditions.push(...readKey(key, value, place.at(key), clock))
  }
  return { kind, conditions }
}

function readKey(key: string, value: unknown, place: Place, clock: Clock | undefined): Condition[] {
  if (key === 'agent') return parseAgents(value, place)
  if (key === 'tool_calls') return parseToolCalls(value, place)
  const scalar = scalarKeys.get(key)
  if (scalar !== undefined)
    return parseTests(value, { ...scalar, clock }, place).map((test) => ({ field: scalar.field, test }))
  const keyed = keyedFields.find((field) => field === key)
  if (keyed !== undefined) return parseKeyed(value, place).map((test) => ({ field: keyed, ...test }))
  place.refuse(unknownName('key', key, filterKeys))
  return []
}
