import type { Field } from './fields.ts'
import { fullId } from './ids.ts'
import type { Value } from './records.ts'
import { Refusal, type RowError, rowError } from './refusals.ts'
import { instantOf } from './render.ts'

const EMAIL = /^[^\s@,;]+@[^\s@,;]+\.[^\s@,;.]+$/
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const DAY = /^\d{4}-\d{2}-\d{2}$/
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/
const LONGEST_MULTIPICKLIST = 4_099
/** What the org's calendar holds. */
const YEARS = { first: 1_700, last: 4_000 }

/** A value in the form the org stores it, or why the row is refused. */
export type Checked = { value: Value } | { error: RowError }

/**
 * Refuses the whole request where a value is of a JSON type that the field cannot be read from; what of it a row alone
 * is refused for, `checkValue` says.
 */
export function requireReadable(field: Field, given: unknown): void {
  if (!isReadable(field, given)) {
    const message = `Cannot deserialize instance of ${field.type} from ${tokenOf(given)} or request may be missing a required field`
    throw new Refusal(400, 'JSON_PARSER_ERROR', `${message} at [line:1, column:1]`)
  }
}

function isReadable(field: Field, given: unknown): boolean {
  if (given === null) return field.type !== 'boolean'
  switch (field.type) {
    case 'boolean':
      return typeof given === 'boolean' || given === 'true' || given === 'false'
    case 'int':
    case 'double':
    case 'currency':
    case 'percent':
      return typeof given === 'number' || (typeof given === 'string' && (given.trim() === '' || NUMBER.test(given)))
    case 'date':
      return typeof given === 'string' && (given === '' || isDay(given.slice(0, 10)))
    case 'datetime':
      return typeof given === 'string' && (given === '' || isDay(given) || isInstant(given))
    default:
      return typeof given === 'string'
  }
}

function isDay(text: string): boolean {
  return DAY.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true
}

function isInstant(text: string): boolean {
  return INSTANT.test(text) && !Number.isNaN(Date.parse(text))
}

function tokenOf(given: unknown): string {
  if (given === null) return 'VALUE_NULL'
  if (typeof given === 'object') return Array.isArray(given) ? 'START_ARRAY value [' : 'START_OBJECT value {'
  if (typeof given === 'boolean') return `VALUE_${String(given).toUpperCase()} value ${given}`
  const type = typeof given === 'string' ? 'STRING' : Number.isInteger(given) ? 'NUMBER_INT' : 'NUMBER_FLOAT'
  return `VALUE_${type} value ${String(given)}`
}

/** Brings a readable value into the form it is stored in: texts trimmed, blank is null (crm.md 4.4). */
export function checkValue(field: Field, given: unknown): Checked {
  const text = typeof given === 'string' ? given.trim() : String(given)
  if (given === null || text === '') return { value: field.type === 'boolean' ? false : null }
  switch (field.type) {
    case 'boolean':
      return { value: text === 'true' }
    case 'int':
    case 'double':
    case 'currency':
    case 'percent':
      return checkNumber(field, Number(text))
    case 'date':
      return checkYear(field, text, text.slice(0, 10))
    case 'datetime':
      return checkYear(field, text, instantOf(Math.floor(Date.parse(text) / 1_000) * 1_000))
    case 'picklist':
      return checkPicklist(field, text)
    case 'multipicklist':
      return checkChoices(field, text)
    case 'email':
      return EMAIL.test(text)
        ? checkLength(field, text.toLowerCase())
        : wrong(field, 'INVALID_EMAIL_ADDRESS', `invalid email address: ${text}`)
    case 'reference':
      return { value: fullId(text) ?? text }
    case 'textarea':
      return checkLength(field, text.replace(/\r?\n/g, '\r\n'))
    default:
      return checkLength(field, text)
  }
}

function wrong(field: Field, statusCode: string, message: string): Checked {
  return { error: rowError(statusCode, `${field.label}: ${message}`, [field.name]) }
}

function checkLength(field: Field, text: string): Checked {
  if (text.length <= field.length) return { value: text }
  return wrong(field, 'STRING_TOO_LONG', `data value too large: ${text} (max length=${field.length})`)
}

/** Rounded half away from zero to the field's scale; more digits before the point than it has room for are refused. */
function checkNumber(field: Field, number: number): Checked {
  const room = field.type === 'int' ? field.digits : field.precision - field.scale
  const value = Number(
    `${Math.sign(number) * Math.round(Number(`${Math.abs(number)}e${field.scale}`))}e-${field.scale}`,
  )
  const rounded = Number.isNaN(value) ? number : value
  if (Math.abs(rounded) < 10 ** room) return { value: rounded === 0 ? 0 : rounded }
  return wrong(field, 'NUMBER_OUTSIDE_VALID_RANGE', `value outside of valid range on numeric field: ${number}`)
}

function checkYear(field: Field, given: string, value: string): Checked {
  const year = Number(value.slice(0, 4))
  if (year >= YEARS.first && year <= YEARS.last) return { value }
  return wrong(field, 'INVALID_TYPE_ON_FIELD_IN_RECORD', `value not of required type: ${given}`)
}

function checkPicklist(field: Field, text: string): Checked {
  const known = activeValues(field).find((value) => value.toLowerCase() === text.toLowerCase())
  if (known === undefined && field.restrictedPicklist) return badPicklistValue(field, text)
  return checkLength(field, known ?? text)
}

/** The choices come back in the order of the definition, those that it does not know last. */
function checkChoices(field: Field, text: string): Checked {
  const given = [
    ...new Set(
      text
        .split(';')
        .map((choice) => choice.trim())
        .filter((choice) => choice !== ''),
    ),
  ]
  const known = activeValues(field)
  const unknown = given.filter((choice) => !known.includes(choice))
  if (field.restrictedPicklist && unknown[0] !== undefined) return badPicklistValue(field, unknown[0])
  const value = [...known.filter((choice) => given.includes(choice)), ...unknown].join(';')
  return checkLength({ ...field, length: LONGEST_MULTIPICKLIST }, value)
}

function badPicklistValue(field: Field, text: string): Checked {
  return wrong(field, 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', `bad value for restricted picklist field: ${text}`)
}

function activeValues(field: Field): string[] {
  return field.picklistValues.flatMap(({ active, value }) => (active ? [value] : []))
}
