import type { Value } from '../../mapping/index.ts'
import type { CrmField, Wire } from '../contract.ts'
import { canonical, splitChoices } from './canonical.ts'
import type { Dialect } from './dialect.ts'

/** The typed value of what a CRM holds. What is not of the field's kind is the text it is. */
export function decode(dialect: Dialect, field: CrmField, wire: Wire): Value {
  if (wire === null || wire.trim() === '') return null
  if (field.kind === 'text') return wire
  if (field.kind === 'boolean') {
    const word = wire.trim().toLowerCase()
    return word === 'true' || word === 'false' ? word === 'true' : word
  }
  const plain = canonical(dialect, field, wire)
  if (plain === null) return null
  switch (field.kind) {
    case 'number':
      return Number.isFinite(Number(plain)) ? Number(plain) : plain
    case 'choices':
      return splitChoices(plain)
    case 'date':
    case 'datetime':
    case 'choice':
      return plain
  }
}
