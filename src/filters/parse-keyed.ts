import { parseTests } from './parse-tests.ts'
import { isRecord, type Place } from './place.ts'
import type { Test } from './types.ts'

export type KeyedTest = { key: string; test: Test }

/** Tests of free keys: `[{ key, type, op, value }]`, or `{ lead_status: hot }`. Mistakes go to `place`. */
export function parseKeyed(value: unknown, place: Place): KeyedTest[] {
  if (Array.isArray(value)) return value.flatMap((entry, index) => readEntry(entry, place.at(index)))
  if (!isRecord(value)) {
    place.refuse('expected { name: value } or a list of { key, type, op, value }')
    return []
  }
  // One entry that lost its list would otherwise be read as conditions on keys named "key", "type" and "op".
  if (Object.hasOwn(value, 'key') && Object.hasOwn(value, 'op')) return readEntry(value, place)
  return Object.entries(value).flatMap(([key, wanted]) => keyedTests(key, wanted, place.at(key)))
}

function readEntry(entry: unknown, place: Place): KeyedTest[] {
  if (!isRecord(entry) || typeof entry.key !== 'string' || entry.key === '') {
    place.refuse('expected { key, type, op, value } with the name of the field as key')
    return []
  }
  const { key, ...wanted } = entry
  return keyedTests(key, wanted, place)
}

function keyedTests(key: string, wanted: unknown, place: Place): KeyedTest[] {
  return parseTests(wanted, { shape: 'any' }, place).map((test) => ({ key, test }))
}
