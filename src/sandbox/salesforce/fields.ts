export type FieldType =
  | 'id'
  | 'string'
  | 'textarea'
  | 'boolean'
  | 'int'
  | 'double'
  | 'currency'
  | 'percent'
  | 'date'
  | 'datetime'
  | 'picklist'
  | 'multipicklist'
  | 'combobox'
  | 'phone'
  | 'email'
  | 'url'
  | 'reference'
  | 'address'

export type PicklistValue = { active: boolean; value: string; label: string; defaultValue: boolean; validFor: null }

/** What a field is, in the words of describe; the rest of describe follows from it. */
export type Field = {
  name: string
  label: string
  type: FieldType
  length: number
  digits: number
  precision: number
  scale: number
  updateable: boolean
  createable: boolean
  nillable: boolean
  filterable: boolean
  calculated: boolean
  autoNumber: boolean
  externalId: boolean
  unique: boolean
  idLookup: boolean
  custom: boolean
  defaultedOnCreate: boolean
  restrictedPicklist: boolean
  picklistValues: PicklistValue[]
  referenceTo: readonly string[]
  relationshipName: string | null
  compoundFieldName: string | null
  /** Whether the admin has switched field history on for it. */
  trackHistory: boolean
}

const UNTRACKABLE: readonly FieldType[] = ['id', 'address']

/** A field that a user may write and leave empty, unless `changes` say otherwise. */
export function field(name: string, label: string, type: FieldType, changes: Partial<Field> = {}): Field {
  const writable = changes.updateable ?? !UNTRACKABLE.includes(type)
  const { length = 0 } = changes
  return {
    name,
    label,
    type,
    length,
    digits: 0,
    precision: 0,
    scale: 0,
    updateable: writable,
    createable: writable,
    nillable: type !== 'boolean',
    filterable: !isLong({ type, length }),
    calculated: false,
    autoNumber: false,
    externalId: false,
    unique: false,
    idLookup: false,
    custom: false,
    defaultedOnCreate: type === 'boolean',
    restrictedPicklist: false,
    picklistValues: [],
    referenceTo: [],
    relationshipName: null,
    compoundFieldName: null,
    trackHistory: writable,
    ...changes,
  }
}

/** Long text areas cannot be filtered or sorted by, and their history keeps no values (crm.md 4.4, 4.9). */
export function isLong({ type, length }: Pick<Field, 'type' | 'length'>): boolean {
  return type === 'textarea' && length > 255
}

/** A line of text. */
export function text(name: string, label: string, length: number, changes: Partial<Field> = {}): Field {
  return field(name, label, 'string', { length, ...changes })
}

/** A phone number, kept as it was typed. */
export function phone(name: string, label: string): Field {
  return field(name, label, 'phone', { length: 40 })
}

/** A picklist that takes other values too, as the standard ones do (crm.md 4.4). */
export function picklist(name: string, label: string, values: readonly string[], changes: Partial<Field> = {}): Field {
  return field(name, label, 'picklist', { length: 40, picklistValues: picklistValues(values), ...changes })
}

/** A lookup: `AccountId` reaches its record as `Account`. */
export function reference(name: string, label: string, referenceTo: readonly string[], changes: Partial<Field> = {}) {
  const relationshipName = name.replace(/Id$/, '')
  return field(name, label, 'reference', { length: 18, referenceTo, relationshipName, ...changes })
}

/** What the org keeps by itself. */
export function system(made: Field): Field {
  return { ...made, updateable: false, createable: false, trackHistory: false }
}

/** Active values, of which one may be the default of a new record. */
export function picklistValues(values: readonly string[], byDefault?: string): PicklistValue[] {
  return values.map((value) => ({
    active: true,
    value,
    label: value,
    defaultValue: value === byDefault,
    validFor: null,
  }))
}
