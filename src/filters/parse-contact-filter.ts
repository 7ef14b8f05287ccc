import type { Shape } from './keys.ts'
import { unknownName } from './nearest.ts'
import { type KeyedTest, parseKeyed } from './parse-keyed.ts'
import { parseTests } from './parse-tests.ts'
import { type FilterError, isRecord, type Place, placeIn } from './place.ts'
import type { Test } from './types.ts'

/** `tags` are labels, as retell-sdk 5.66.1 has them; `contact_tag_ids` are ids, as later versions do. Both hold for any of a list. */
type ContactField =
  | 'contact_id'
  | 'phone_number'
  | 'external_id'
  | 'do_not_call'
  | 'last_conversation_timestamp'
  | 'tags'
  | 'contact_tag_ids'

export type ContactCondition = { field: ContactField; test: Test } | ({ field: 'custom_fields' } & KeyedTest)

const shapes: Record<ContactField, Shape> = {
  contact_id: 'text',
  phone_number: 'text',
  external_id: 'text',
  do_not_call: 'boolean',
  last_conversation_timestamp: 'time',
  tags: 'text',
  contact_tag_ids: 'text',
}
const fields = Object.keys(shapes) as ContactField[]
const lists: readonly ContactField[] = ['tags', 'contact_tag_ids']

/**
 * Reads a filter on contacts: the source product's `filter_criteria`, or our shorthand of it; all conditions hold. Names are found by
 * a search, not by a filter. Returns every mistake at once. Pure; never throws.
 */
export function parseContactFilter(input: unknown): { conditions: ContactCondition[] } | { errors: FilterError[] } {
  const errors: FilterError[] = []
  const place = placeIn(errors)
  if (!isRecord(input ?? {})) place.refuse('expected an object of conditions, such as { "do_not_call": false }')
  const given = isRecord(input) ? Object.entries(input).filter(([, value]) => value !== undefined) : []
  const conditions = given.flatMap(([key, value]) => readKey(key, value, place.at(key)))
  return errors.length === 0 ? { conditions } : { errors }
}

function readKey(key: string, value: unknown, place: Place): ContactCondition[] {
  if (key === 'custom_fields') return parseKeyed(value, place).map((test) => ({ field: key, ...test }))
  const field = fields.find((name) => name === key)
  if (field === undefined) {
    const isName = key === 'first_name' || key === 'last_name'
    place.refuse(isName ? 'names are found by search_query' : unknownName('key', key, [...fields, 'custom_fields']))
    return []
  }
  const tests = parseTests(value, { shape: shapes[field] }, place)
  if (lists.includes(field) && tests.some(({ type }) => type !== 'enum' && type !== 'present')) {
    place.refuse('expected a list: { "type": "enum", "op": "in", "value": […] }')
    return []
  }
  return tests.map((test) => ({ field, test }))
}
