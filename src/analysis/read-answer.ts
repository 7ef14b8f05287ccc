import type { FieldValue, Value } from '../mapping/index.ts'
import type { CompiledItem } from './compile-items.ts'
import { readDay, readInstant } from './read-time.ts'
import { answerStatuses } from './wire-schema.ts'

const statuses: readonly unknown[] = answerStatuses

/**
 * Reads the model's answer, as it was parsed, into field values by item name; each field stands or falls alone. Null where the answer is no
 * object, or none of its fields can be read: a server may drop the schema in silence. Pure.
 */
export function readAnswer(answer: unknown, items: CompiledItem[]): Record<string, FieldValue> | null {
  if (!isObject(answer)) return null
  const fields = items.map((item): [string, FieldValue] => [item.name, readField(item, answer[item.key])])
  if (fields.every(([, field]) => field.status === 'invalid')) return null
  return Object.fromEntries(fields)
}

/** By hand: a schema took longer than all else that is done with an answer. */
function readField(item: CompiledItem, answer: unknown): FieldValue {
  if (!isObject(answer) || !isStatus(answer.status) || !('value' in answer))
    return invalid(answer === undefined ? 'missing' : 'malformed')
  const { status, value } = answer
  const evidence = readEvidence(answer.evidence)
  if (status !== 'found') return { value: null, status, evidence }
  if (isBlank(item, value)) return { value: null, status: 'not_mentioned', evidence }
  const typed = typedValue(item, value)
  return typed === null ? invalid(`not_a_${item.type}`) : { value: typed, status: 'found', evidence }
}

/** Evidence of another form proves nothing, and costs the field only its proof. */
function readEvidence(evidence: unknown): FieldValue['evidence'] {
  if (!Array.isArray(evidence)) return []
  return evidence.flatMap((one: unknown) => {
    if (!isObject(one) || typeof one.turn !== 'number' || !Number.isSafeInteger(one.turn)) return []
    return [{ turn: one.turn, quote: typeof one.quote === 'string' ? one.quote : '' }]
  })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isStatus(value: unknown): value is (typeof answerStatuses)[number] {
  return statuses.includes(value)
}

/** An empty list says as little as a blank text, where a list is asked for. */
function isBlank({ type }: CompiledItem, value: unknown): boolean {
  if (type === 'list' && Array.isArray(value)) {
    return value.every((entry) => typeof entry === 'string' && entry.trim() === '')
  }
  return value === null || (typeof value === 'string' && value.trim() === '')
}

/**
 * The value if it is of the item's type, else null. Nothing is converted: the text "false" is no boolean. Days and instants get
 * their one spelling, and a list has each entry once.
 */
function typedValue({ type, choices }: CompiledItem, value: unknown): Value {
  if (type === 'number') return typeof value === 'number' && Number.isFinite(value) ? value : null
  if (type === 'boolean') return typeof value === 'boolean' ? value : null
  if (type === 'list') return typedList(choices, value)
  if (typeof value !== 'string') return null
  if (type === 'date') return readDay(value)
  if (type === 'datetime') return readInstant(value)
  return type === 'string' || choices.includes(value) ? value : null
}

/** One wrong entry spoils the list: what is left would not be what the model said. Choices are spelled exactly. */
function typedList(choices: string[], value: unknown): string[] | null {
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'string')) return null
  if (choices.length > 0) return value.every((entry) => choices.includes(entry)) ? [...new Set(value)] : null
  return [...new Set(value.map((entry) => entry.trim()))].filter((entry) => entry !== '')
}

function invalid(reason: string): FieldValue {
  return { value: null, status: 'invalid', evidence: [], reason }
}
