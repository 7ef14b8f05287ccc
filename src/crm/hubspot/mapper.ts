import type { Value } from '../../mapping/index.ts'
import type { Crm, CrmField, FieldKind, Wire } from '../contract.ts'
import { canonical, decimal, splitChoices } from './canonical.ts'
import type { WireProperty } from './wire.ts'

/** HubSpot refuses longer text. */
const LONGEST_TEXT = 65_536
const CUT_MARK = '…'
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)$/
const DAY = /^\d{4}-\d{2}-\d{2}$/
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/

type Encoded = ReturnType<Crm['encode']>

export function toField(property: WireProperty): CrmField {
  const { name, label, calculated, externalOptions, hasUniqueValue, options, modificationMetadata } = property
  const kind = kindOf(property)
  const hasOptions = (kind === 'choice' || kind === 'choices') && !externalOptions
  return {
    name,
    label: label || name,
    kind,
    writable: !calculated && !modificationMetadata.readOnlyValue && !NEVER_WRITABLE.includes(property.type),
    unique: hasUniqueValue,
    maxLength: kind === 'text' ? LONGEST_TEXT : null,
    options: hasOptions ? options.map((option) => option.value) : null,
    scale: null,
    required: false,
    hasHistory: true,
  }
}

const NEVER_WRITABLE = ['phone_number', 'object_coordinates', 'json']

function kindOf({ type, fieldType }: WireProperty): FieldKind {
  switch (type) {
    case 'number':
    case 'date':
    case 'datetime':
      return type
    case 'bool':
      return 'boolean'
    case 'enumeration':
      if (fieldType === 'booleancheckbox') return 'boolean'
      return fieldType === 'checkbox' ? 'choices' : 'choice'
    default:
      return 'text'
  }
}

/** `timeZone`: the account's, in which an instant falls on a calendar day. Reasons never quote the value. */
export function encode(field: CrmField, value: Value, timeZone: string): Encoded {
  if (!field.writable) return { refused: 'the field is read-only' }
  if (value === null) return { wire: null }
  if (Array.isArray(value)) return encodeList(field, value, timeZone)
  // PostgreSQL and most JSON readers take neither half a surrogate pair nor NUL.
  const text = (typeof value === 'number' ? decimal(value) : String(value)).toWellFormed().replaceAll('\0', '').trim()
  return text === '' ? { wire: null } : encodeText(field, text, timeZone)
}

function encodeList(field: CrmField, values: string[], timeZone: string): Encoded {
  if (field.kind === 'text') return encode(field, values.join(', '), timeZone)
  if (field.kind === 'choices') return encodeChoices(field, values)
  const [only = null, ...others] = values
  return others.length > 0 ? { refused: 'the field takes one value' } : encode(field, only, timeZone)
}

function encodeText(field: CrmField, text: string, timeZone: string): Encoded {
  switch (field.kind) {
    case 'text':
      return { wire: fitting(text, field.maxLength ?? LONGEST_TEXT) }
    case 'number':
      return NUMBER.test(text) ? { wire: canonical(field, text) } : { refused: 'not a number' }
    case 'boolean':
      return /^(true|false)$/i.test(text) ? { wire: text.toLowerCase() } : { refused: 'neither true nor false' }
    case 'date':
      return encodeDate(text, timeZone)
    case 'datetime':
      return isDay(text) || isInstant(text)
        ? { wire: new Date(text).toISOString() }
        : { refused: 'not a time with its offset (ISO 8601)' }
    case 'choice':
      return isOption(field, text) ? { wire: text } : { refused: "not one of the field's options" }
    case 'choices':
      return encodeChoices(field, splitChoices(text))
  }
}

function encodeChoices(field: CrmField, values: string[]): Encoded {
  const chosen = [...new Set(values.map((value) => value.trim()))].filter((value) => value !== '').sort()
  // A `;` inside a value would make two of it.
  const refused = chosen.find((value) => value.includes(';') || !isOption(field, value))
  return refused === undefined ? { wire: chosen.join(';') || null } : { refused: "not one of the field's options" }
}

function encodeDate(text: string, timeZone: string): Encoded {
  if (isDay(text)) return { wire: text }
  if (!isInstant(text)) return { refused: 'not a date (YYYY-MM-DD)' }
  return { wire: new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(new Date(text)) }
}

function isOption({ options }: CrmField, value: string): boolean {
  return options === null || options.includes(value)
}

/** A day of the calendar: 30 February is none. */
function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`)
  return DAY.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

function isInstant(text: string): boolean {
  return INSTANT.test(text) && isDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text))
}

/** The text, cut where HubSpot would refuse it, never in the middle of a character. */
function fitting(text: string, longest: number): string {
  if (text.length <= longest) return text
  const cut = text.slice(0, longest - CUT_MARK.length)
  return `${cut.isWellFormed() ? cut : cut.slice(0, -1)}${CUT_MARK}`
}

/** What is not of the field's kind is the text it is. */
export function decode(field: CrmField, wire: Wire): Value {
  const plain = canonical(field, wire)
  if (plain === null || wire === null) return null
  switch (field.kind) {
    case 'text':
      return wire
    case 'number':
      return Number.isFinite(Number(plain)) ? Number(plain) : plain
    case 'boolean':
      return plain === 'true' || plain === 'false' ? plain === 'true' : plain
    case 'choices':
      return splitChoices(plain)
    case 'date':
    case 'datetime':
    case 'choice':
      return plain
  }
}

export function same(field: CrmField, a: Wire, b: Wire): boolean {
  return canonical(field, a) === canonical(field, b)
}
