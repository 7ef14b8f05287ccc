import { filterKeys, keyedFields, scalarKeys } from './keys.ts'
import { unknownName } from './nearest.ts'
import { parseAgents } from './parse-agents.ts'
import { parseTests } from './parse-tests.ts'
import { parseToolCalls } from './parse-tool-calls.ts'
import { type FilterError, isRecord, type Place, placeIn } from './place.ts'
import type { Clock } from './relative-time.ts'
import type { Condition, Filter, KeyedField } from './types.ts'

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
  if (keyed !== undefined) return readKeyed(keyed, value, place)
  place.refuse(unknownName('key', key, filterKeys))
  return []
}

/** Conditions on free keys: `[{ key, type, op, value }]`, or `{ lead_status: hot }`. */
function readKeyed(field: KeyedField, value: unknown, place: Place): Condition[] {
  if (Array.isArray(value)) return value.flatMap((entry, index) => readEntry(field, entry, place.at(index)))
  if (!isRecord(value)) {
    place.refuse('expected { name: value } or a list of { key, type, op, value }')
    return []
  }
  // One entry that lost its list would otherwise be read as conditions on keys named "key", "type" and "op".
  if (Object.hasOwn(value, 'key') && Object.hasOwn(value, 'op')) return readEntry(field, value, place)
  return Object.entries(value).flatMap(([key, wanted]) => keyedConditions(field, key, wanted, place.at(key)))
}

function readEntry(field: KeyedField, entry: unknown, place: Place): Condition[] {
  if (!isRecord(entry) || typeof entry.key !== 'string' || entry.key === '') {
    place.refuse('expected { key, type, op, value } with the name of the field as key')
    return []
  }
  const { key, ...wanted } = entry
  return keyedConditions(field, key, wanted, place)
}

function keyedConditions(field: KeyedField, key: string, wanted: unknown, place: Place): Condition[] {
  return parseTests(wanted, { shape: 'any' }, place).map((test) => ({ field, key, test }))
}
