import type { CrmField, FieldKind } from '../contract.ts'
import { createValues } from '../values/dialect.ts'
import type { WireProperty } from './wire.ts'

/** HubSpot refuses longer text. */
const LONGEST_TEXT = 65_536

export const { encode, decode, same } = createValues({
  emailFields: ['email'],
  unsetBoolean: null,
  instantStepMs: 1,
  widensLineEnds: false,
})

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
    ...(hasUniqueValue && { isKey: true }),
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
