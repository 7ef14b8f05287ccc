import { type Crm, type CrmField, createValues, type Wire } from '../../crm/index.ts'
import type { Value } from '../../mapping/index.ts'

const emailFields = ['email']
const values = createValues({ emailFields, unsetBoolean: null, instantStepMs: 1, widensLineEnds: false })
/** Every contact may be called until it is said that it may not: there is no third state. */
const flag = createValues({ emailFields, unsetBoolean: 'false', instantStepMs: 1, widensLineEnds: false })

const dialectOf = ({ name }: CrmField) => (name === 'do_not_call' ? flag : values)

/** Days are those of UTC: our own contacts have no zone. */
export function encode(field: CrmField, value: Value): ReturnType<Crm['encode']> {
  const encoded = dialectOf(field).encode(field, value, 'UTC')
  const isAddress = !('wire' in encoded) || encoded.wire === null || /^[^\s@]+@[^\s@]+$/.test(encoded.wire)
  return field.name === 'email' && !isAddress ? { refused: 'not an e-mail address' } : encoded
}

export function decode(field: CrmField, wire: Wire): Value {
  return dialectOf(field).decode(field, wire)
}

export function same(field: CrmField, a: Wire, b: Wire): boolean {
  return dialectOf(field).same(field, a, b)
}

/** A stored value as it stands on the wire. Pure. */
export function toWire(value: unknown): Wire {
  if (value === null || value === undefined) return null
  return Array.isArray(value) ? value.join(';') : String(value)
}
