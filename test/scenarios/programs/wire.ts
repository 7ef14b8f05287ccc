import type { Value } from '../../../src/mapping/index.ts'

/** A value as a person would type it into HubSpot; '' empties a field. */
export function toWire(value: Value): string {
  return value === null ? '' : Array.isArray(value) ? value.join(';') : String(value)
}

/** What a property of HubSpot holds, by the type in its name; options in alphabetical order. */
export function fromWire(property: string, wire: string | null | undefined): Value {
  if (wire === undefined || wire === null || wire === '') return null
  if (property.startsWith('number')) return Number(wire)
  if (property.startsWith('bool')) return wire === 'true'
  return property.startsWith('choices') ? wire.split(';').sort() : wire
}
