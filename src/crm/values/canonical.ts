import type { CrmField, Wire } from '../contract.ts'
import { canonicalDate, canonicalInstant } from './days.ts'
import type { Dialect } from './dialect.ts'
import { canonicalNumber } from './numbers.ts'

/**
 * The one spelling of a value among all that mean the same to a CRM; null for every empty one.
 * What is not of the field's kind is compared as the text it is.
 */
export function canonical(dialect: Dialect, field: CrmField, wire: Wire): Wire {
  const text = wire?.trim() ?? ''
  if (text === '') return null
  switch (field.kind) {
    case 'text':
      return canonicalText(dialect, field, text)
    case 'number':
      return canonicalNumber(text, field.scale)
    case 'boolean':
      return text.toLowerCase() === dialect.unsetBoolean ? null : text.toLowerCase()
    case 'date':
      return canonicalDate(text)
    case 'datetime':
      return canonicalInstant(text, dialect.instantStepMs)
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

function canonicalText({ emailFields }: Dialect, { name }: CrmField, text: string): string {
  const plain = text.normalize('NFC').replaceAll('\r\n', '\n')
  // The one text that CRMs fold the case of.
  return emailFields.includes(name) ? plain.toLowerCase() : plain
}
