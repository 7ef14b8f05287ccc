import { asObject, asText, asTexts } from '../json.ts'
import type { Portal } from './portal.ts'
import type { Property } from './properties.ts'
import { badRequest } from './refusals.ts'

const OPERATORS = [
  'EQ',
  'NEQ',
  'LT',
  'LTE',
  'GT',
  'GTE',
  'BETWEEN',
  'IN',
  'NOT_IN',
  'HAS_PROPERTY',
  'NOT_HAS_PROPERTY',
  'CONTAINS_TOKEN',
  'NOT_CONTAINS_TOKEN',
] as const

export type SearchFilter = {
  property: Property
  operator: (typeof OPERATORS)[number]
  value: string
  highValue: string
  values: string[]
}

export function readFilter(portal: Portal, given: unknown): SearchFilter {
  const filter = asObject(given)
  const operator = OPERATORS.find((known) => known === filter.operator)
  const property = portal.properties.get(asText(filter.propertyName) ?? '')
  if (!operator) throw badRequest(`Invalid input JSON: unknown operator ${String(filter.operator)}`)
  if (!property) throw badRequest(`There was a problem with the request: no property ${String(filter.propertyName)}`)
  const value = asText(filter.value)
  const values = asTexts(filter.values)
  const needsValues = operator === 'IN' || operator === 'NOT_IN'
  if (needsValues && values.length === 0) throw badRequest(`operator ${operator} requires values`)
  if (!needsValues && !operator.endsWith('HAS_PROPERTY') && value === undefined) {
    throw badRequest(`operator ${operator} requires a value`)
  }
  return { property, operator, value: value ?? '', highValue: asText(filter.highValue) ?? '', values }
}

/** A cleared property counts as one without a value; only the NOT operators find what has none. */
export function matchesFilter(filter: SearchFilter, stored: string | undefined): boolean {
  const { property, operator, value, highValue, values } = filter
  if (!stored) return operator === 'NEQ' || operator.startsWith('NOT_')
  const order = compare(property, stored, value)
  switch (operator) {
    case 'EQ':
      return order === 0
    case 'NEQ':
      return order !== 0
    case 'LT':
      return order < 0
    case 'LTE':
      return order <= 0
    case 'GT':
      return order > 0
    case 'GTE':
      return order >= 0
    case 'BETWEEN':
      return order >= 0 && compare(property, stored, highValue) <= 0
    case 'IN':
      return isIn(property, values, stored)
    case 'NOT_IN':
      return !isIn(property, values, stored)
    case 'HAS_PROPERTY':
      return true
    case 'NOT_HAS_PROPERTY':
      return false
    case 'CONTAINS_TOKEN':
      return containsToken(stored, value)
    case 'NOT_CONTAINS_TOKEN':
      return !containsToken(stored, value)
  }
}

/** Below, at or above zero; NaN, which is none of them, where a number or an instant cannot be read. */
function compare(property: Property, stored: string, value: string): number {
  switch (property.type) {
    case 'number':
      return Number(stored) - Number(value)
    case 'date':
    case 'datetime':
      return Date.parse(stored) - (/^-?\d+$/.test(value) ? Number(value) : Date.parse(value))
    default:
      return stored.toLowerCase() === value.toLowerCase() ? 0 : stored.toLowerCase() < value.toLowerCase() ? -1 : 1
  }
}

/** Text is compared in lower case, so a value with a capital is never found (crm.md 1.4). */
function isIn(property: Property, values: readonly string[], stored: string): boolean {
  return values.includes(property.type === 'string' ? stored.toLowerCase() : stored)
}

function containsToken(stored: string, value: string): boolean {
  const wanted = value.toLowerCase().replaceAll('*', '')
  const tokens = stored.toLowerCase().split(/[^\p{L}\p{N}]+/u)
  return value.includes('*') ? stored.toLowerCase().includes(wanted) : tokens.includes(wanted)
}
