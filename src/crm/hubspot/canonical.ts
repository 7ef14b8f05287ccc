import type { CrmField, Wire } from '../contract.ts'

const DAY = /^\d{4}-\d{2}-\d{2}$/
const EPOCH_MS = /^-?\d{5,}$/

/**
 * The one spelling of a value among all that mean the same to HubSpot; null for every empty one.
 * What is not of the field's kind is compared as the text it is.
 */
export function canonical(field: CrmField, wire: Wire): Wire {
  const text = wire?.trim() ?? ''
  if (text === '') return null
  switch (field.kind) {
    case 'text':
      return canonicalText(field, text)
    case 'number':
      return canonicalNumber(text)
    case 'boolean':
      return text.toLowerCase()
    case 'date':
      return canonicalDate(text)
    case 'datetime':
      return canonicalInstant(text)
    case 'choice':
      return text
    case 'choices':
      return splitChoices(text).sort().join(';') || null
  }
}

/** Chosen values, each once; `;` separates them and at the front it means "append". */
export function splitChoices(text: string): string[] {
  const values = text.split(';').map((part) => part.trim())
  return [...new Set(values.filter((part) => part !== ''))]
}

function canonicalText({ name }: CrmField, text: string): string {
  const plain = text.normalize('NFC').replaceAll('\r\n', '\n')
  // The one text that HubSpot folds the case of.
  return name === 'email' ? plain.toLowerCase() : plain
}

/** Digit by digit, so that long numbers keep them all: `012.50` is `12.5`. Exponents go through a number. */
function canonicalNumber(text: string): string {
  const plain = /^([+-]?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(text)
  if (!plain || !/\d/.test(text)) return Number.isFinite(Number(text)) ? decimal(Number(text)) : text
  const [, sign, whole, fraction] = plain
  const magnitude = (whole || '0') + (fraction ? `.${fraction}` : '')
  return sign === '-' && magnitude !== '0' ? `-${magnitude}` : magnitude
}

/** A number without an exponent, which HubSpot would not take. */
export function decimal(number: number): string {
  const short = String(number === 0 ? 0 : number)
  const parts = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(short)
  if (!parts) return short
  const [, sign = '', first = '', rest = '', exponent] = parts
  const power = Number(exponent)
  if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${first}${rest}`
  // JavaScript writes an exponent from 1e21 on, and never more than 17 digits before it.
  return `${sign}${first}${rest.padEnd(power, '0')}`
}

/** `YYYY-MM-DD`; a date also travels as midnight UTC in epoch milliseconds. */
function canonicalDate(text: string): string {
  const instant = canonicalInstant(text)
  return DAY.test(text) ? text : instant.slice(0, instant.endsWith('T00:00:00.000Z') ? 10 : undefined)
}

/** ISO 8601 in UTC with milliseconds, from any offset or epoch milliseconds. */
function canonicalInstant(text: string): string {
  const date = new Date(EPOCH_MS.test(text) ? Number(text) : text)
  return Number.isNaN(date.getTime()) ? text : date.toISOString()
}
