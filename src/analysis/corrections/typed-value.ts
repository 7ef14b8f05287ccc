import { AppError } from '../../errors.ts'
import type { Value } from '../../mapping/index.ts'
import type { CompiledItem } from '../compile-items.ts'
import { readDay, readInstant } from '../read-time.ts'

/** No field of a CRM takes more. */
const mostCharacters = 65_536

/**
 * What a person gave for an item as the value it means: numbers and yes or no also as text, a single text for a list of one,
 * days and times in their one spelling. Null stays null. Of an item that no config describes any single value or list of texts will do. Pure; throws `correction.value` (422), which names what the item
 * takes and never what was given.
 */
export function typedValue(
  name: string,
  item: Pick<CompiledItem, 'type' | 'choices'> | undefined,
  given: unknown,
): Value {
  if (given === null) return null
  switch (item?.type) {
    case 'number':
      return toNumber(given) ?? refuse(name, 'takes a number, such as 12.5')
    case 'boolean':
      return toBoolean(given) ?? refuse(name, 'takes true or false')
    case 'enum':
      return item.choices.find((choice) => choice === given) ?? refuse(name, `takes one of: ${item.choices.join(', ')}`)
    case 'string':
      return toText(given) ?? refuse(name, 'takes a text that is not blank; "no value" is told apart from it')
    case 'date':
      return fromText(given, readDay) ?? refuse(name, 'takes a date, such as 2026-01-31')
    case 'datetime':
      return fromText(given, readInstant) ?? refuse(name, 'takes a date and time, such as 2026-01-31T15:00Z')
    case 'list':
      return toList(given, item.choices) ?? refuse(name, `takes a list of ${item.choices.join(', ') || 'texts'}`)
    default:
      return toAny(given) ?? refuse(name, 'takes a text, a number, true or false, or a list of texts')
  }
}

function toNumber(given: unknown): number | null {
  const number = typeof given === 'string' && given.trim() !== '' ? Number(given) : given
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}

function toBoolean(given: unknown): boolean | null {
  if (typeof given === 'boolean') return given
  const word = typeof given === 'string' ? given.trim().toLowerCase() : ''
  return word === 'true' ? true : word === 'false' ? false : null
}

function toText(given: unknown): string | null {
  return typeof given === 'string' && given.trim() !== '' && given.length <= mostCharacters ? given : null
}

function fromText(given: unknown, read: (text: string) => string | null): string | null {
  return typeof given === 'string' ? read(given) : null
}

function toList(given: unknown, choices: readonly string[]): string[] | null {
  const texts = [given].flat().map(toText)
  if (texts.length === 0 || texts.some((text) => text === null || (choices.length > 0 && !choices.includes(text))))
    return null
  return [...new Set(texts.flatMap((text) => (choices.length > 0 ? text : text?.trim()) ?? []))]
}

function toAny(given: unknown): Value {
  if (typeof given === 'boolean' || (typeof given === 'number' && Number.isFinite(given))) return given
  if (!Array.isArray(given)) return toText(given)
  const texts = given.flatMap((entry) => toText(entry) ?? [])
  return texts.length === given.length && texts.length > 0 ? texts : null
}

function refuse(name: string, takes: string): never {
  throw new AppError('correction.value', 'skip', `${name} ${takes}`, { status: 422 })
}
