import type { Value } from '../../mapping/index.ts'
import type { Crm, CrmField } from '../contract.ts'
import { canonical, splitChoices } from './canonical.ts'
import { canonicalInstant, dayIn, isDay, isInstant } from './days.ts'
import type { Dialect } from './dialect.ts'
import { decimal, isNumber } from './numbers.ts'

const CUT_MARK = '…'

type Encoded = ReturnType<Crm['encode']>

/** The value as the field takes it, or why it does not. Reasons never quote the value. */
export function encode(dialect: Dialect, field: CrmField, value: Value, timeZone: string): Encoded {
  if (!field.writable) return { refused: 'the field is read-only' }
  if (value === null) return empty(dialect, field)
  if (Array.isArray(value)) return encodeList(dialect, field, value, timeZone)
  // PostgreSQL and most JSON readers take neither half a surrogate pair nor NUL.
  const text = (typeof value === 'number' ? decimal(value) : String(value)).toWellFormed().replaceAll('\0', '').trim()
  return text === '' ? empty(dialect, field) : encodeText(dialect, field, text, timeZone)
}

function empty({ unsetBoolean }: Dialect, { kind, required }: CrmField): Encoded {
  if (kind === 'boolean') return { wire: unsetBoolean }
  return required ? { refused: 'the field cannot be empty' } : { wire: null }
}

function encodeList(dialect: Dialect, field: CrmField, values: string[], timeZone: string): Encoded {
  if (field.kind === 'text') return encode(dialect, field, values.join(', '), timeZone)
  if (field.kind === 'choices') return encodeChoices(dialect, field, values)
  const [only = null, ...others] = values
  return others.length > 0 ? { refused: 'the field takes one value' } : encode(dialect, field, only, timeZone)
}

function encodeText(dialect: Dialect, field: CrmField, text: string, timeZone: string): Encoded {
  switch (field.kind) {
    case 'text': {
      const wire = fitting(dialect, text, field.maxLength)
      return field.isWhole && wire !== text ? { refused: 'longer than the field takes, and of no use cut' } : { wire }
    }
    case 'number':
      return isNumber(text) ? { wire: canonical(dialect, field, text) } : { refused: 'not a number' }
    case 'boolean':
      return /^(true|false)$/i.test(text) ? { wire: text.toLowerCase() } : { refused: 'neither true nor false' }
    case 'date':
      return encodeDate(text, timeZone)
    case 'datetime':
      return isDay(text) || isInstant(text)
        ? { wire: canonicalInstant(text, dialect.instantStepMs) }
        : { refused: 'not a time with its offset (ISO 8601)' }
    case 'choice':
      return isOption(field, text) ? { wire: text } : { refused: "not one of the field's options" }
    case 'choices':
      return encodeChoices(dialect, field, splitChoices(text))
  }
}

function encodeChoices(dialect: Dialect, field: CrmField, values: string[]): Encoded {
  const chosen = [...new Set(values.map((value) => value.trim()))].filter((value) => value !== '').sort()
  // A `;` inside a value would make two of it.
  const refused = chosen.find((value) => value.includes(';') || !isOption(field, value))
  if (refused !== undefined) return { refused: "not one of the field's options" }
  return chosen.length === 0 ? empty(dialect, field) : { wire: chosen.join(';') }
}

function encodeDate(text: string, timeZone: string): Encoded {
  if (isDay(text)) return { wire: text }
  return isInstant(text) ? { wire: dayIn(timeZone, text) } : { refused: 'not a date (YYYY-MM-DD)' }
}

function isOption({ options }: CrmField, value: string): boolean {
  return options === null || options.includes(value)
}

/** The text, cut where the CRM would refuse it, never in the middle of a character. */
function fitting({ widensLineEnds }: Dialect, text: string, longest: number | null): string {
  const room = (longest ?? Number.POSITIVE_INFINITY) - (widensLineEnds ? (text.match(/(?<!\r)\n/g)?.length ?? 0) : 0)
  if (text.length <= room) return text
  const cut = text.slice(0, Math.max(0, room - CUT_MARK.length))
  return `${cut.isWellFormed() ? cut : cut.slice(0, -1)}${CUT_MARK}`
}
