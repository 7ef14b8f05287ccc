import type { CrmField, FieldKind, Wire } from '../contract.ts'
import { createValues } from '../values/dialect.ts'
import type { DescribedField } from './wire.ts'

/** Contact and Lead name their e-mail alike. */
export const EMAIL_FIELDS = ['Email']

export const { encode, decode, same } = createValues({
  emailFields: EMAIL_FIELDS,
  // A checkbox has no third state: unset and unchecked are one.
  unsetBoolean: 'false',
  // Times are kept to the second.
  instantStepMs: 1000,
  // Long text is stored with \r\n, which counts.
  widensLineEnds: true,
})

const KINDS: Record<string, FieldKind> = {
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  double: 'number',
  currency: 'number',
  percent: 'number',
  date: 'date',
  datetime: 'datetime',
  picklist: 'choice',
  multipicklist: 'choices',
}

/** Made of other fields, or bytes. */
const NEVER_WRITABLE = ['address', 'location', 'base64', 'anyType', 'complexvalue', 'id']

/** Text that means something else, or nothing, once it is cut. */
const WHOLE = ['email', 'phone', 'url', 'reference']

/** `tracked`: the fields whose history the admin has switched on; null where the org does not tell: then it is asked for. */
export function toField(field: DescribedField, tracked: ReadonlySet<string> | null): CrmField {
  const { name, label, type, length, scale, picklistValues } = field
  const kind = KINDS[type] ?? 'text'
  const hasOptions = kind === 'choice' || kind === 'choices'
  return {
    name,
    label: label || name,
    kind,
    // As the user we are may write it: a field hidden from that user is not described at all.
    writable: field.updateable && !field.calculated && !field.autoNumber && !NEVER_WRITABLE.includes(type),
    unique: field.unique || field.externalId,
    maxLength: kind === 'text' && length > 0 ? length : null,
    ...(WHOLE.includes(type) && { isWhole: true }),
    options: hasOptions ? picklistValues.flatMap(({ active, value }) => (active ? [value] : [])) : null,
    scale: kind === 'number' ? (type === 'int' || type === 'long' ? 0 : scale) : null,
    required: !field.nillable && kind !== 'boolean',
    ...(isNeeded(field) && { isNeeded: true }),
    ...(field.unique && field.externalId && { isKey: true }),
    hasHistory: tracked?.has(name) ?? true,
  }
}

/** What a new record is refused without (crm.md 4.2, `REQUIRED_FIELD_MISSING`). */
function isNeeded({ nillable, createable, defaultedOnCreate, type }: DescribedField): boolean {
  return createable && !nillable && !defaultedOnCreate && type !== 'boolean'
}

/**
 * A value as JSON of the type that the field takes, or undefined where it cannot be: a wrong type would have the whole request
 * refused, and all other rows with it (`JSON_PARSER_ERROR`).
 */
export function toJson({ kind }: CrmField, wire: Wire): string | number | boolean | null | undefined {
  if (kind === 'boolean') return wire === null ? false : { true: true, false: false }[wire]
  if (wire === null || kind !== 'number') return wire
  const number = Number(wire)
  return wire.trim() !== '' && Number.isFinite(number) ? number : undefined
}
