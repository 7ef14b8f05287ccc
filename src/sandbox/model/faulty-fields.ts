import { asObject, type JsonObject } from '../json.ts'
import { asksForMerge } from './extract/merge.ts'
import { readItem, type WireItem } from './extract/wire-item.ts'
import { isItemSchema, propertiesOf } from './extract/wire-schema.ts'
import type { FaultKind } from './faults.ts'

type Field = { key: string; item: WireItem; answer: JsonObject }
type Change = { evidence?: unknown; status?: string; value?: unknown }

const FABRICATED_QUOTE = 'the zeppelin over the marmalade factory was mine all along'
const WRONG_CHOICE = 'none of the choices'

/**
 * An answer with the fields a fault spoils; faults of other kinds leave it as it is.
 * `nth` counts the requests, so that answers which vary differ from each other.
 */
export function spoilFields(kind: FaultKind, schema: JsonObject, answer: JsonObject, nth: number): JsonObject {
  const fields = propertiesOf(schema)
    .filter(([, property]) => isItemSchema(property))
    .map(([key, property]) => ({ key, item: readItem(property), answer: asObject(answer[key]) }))
  const spoiled =
    kind === 'wrong_enum' ? breakOne(fields) : fields.map((field, place) => spoil(kind, field, nth + place))
  const merged = propertiesOf(schema)
    .filter(([, property]) => asksForMerge(property))
    .map(([key]) => [key, spoiledText(kind, answer[key], nth)])
  const whole = { ...answer, ...Object.fromEntries([...spoiled, ...merged]) }
  return kind === 'missing_field' ? withoutLast(whole) : whole
}

function withoutLast(answer: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(answer).slice(0, -1))
}

function spoiledText(kind: FaultKind, text: unknown, nth: number): unknown {
  if (kind === 'blank') return nth % 2 === 0 ? '' : '   '
  return kind === 'vary' ? `${text} (${nth})` : text
}

/** A choice outside its enum; where no item has choices, a status outside its own. */
function breakOne(fields: readonly Field[]): [string, JsonObject][] {
  const choice = fields.find(({ item }) => item.kind === 'choice')
  if (choice) return [changed(choice, { status: 'found', value: WRONG_CHOICE })]
  return fields.slice(0, 1).map((field) => changed(field, { status: WRONG_CHOICE }))
}

function spoil(kind: FaultKind, field: Field, nth: number): [string, JsonObject] {
  const { item, answer } = field
  if (kind === 'not_mentioned') {
    return changed(field, { evidence: [], status: 'not_mentioned', value: item.kind === 'list' ? answer.value : null })
  }
  if (kind === 'fabricated_evidence') return changed(field, { evidence: [{ turn: 1, quote: FABRICATED_QUOTE }] })
  if (kind === 'blank' && item.kind === 'text') {
    return changed(field, { status: 'found', value: nth % 2 === 0 ? '' : '   ' })
  }
  const varies = kind === 'vary' && answer.status === 'found'
  return changed(field, varies ? { value: varied(item, answer.value, nth) } : {})
}

function changed({ key, answer }: Field, change: Change): [string, JsonObject] {
  return [key, { ...answer, ...change }]
}

function varied(item: WireItem, value: unknown, nth: number): unknown {
  if (typeof value === 'number') return value + nth
  if (typeof value === 'boolean') return nth % 2 === 0 ? value : !value
  if (item.kind === 'choice') return item.choices[nth % item.choices.length]
  // Another text would be no day and no time any more.
  if (item.kind === 'date' || item.kind === 'datetime') return value
  return typeof value === 'string' ? `${value} (${nth})` : value
}
