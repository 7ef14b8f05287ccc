import { asObject, type JsonObject } from '../json.ts'
import type { Field } from './fields.ts'
import type { Org } from './org.ts'
import type { SalesRecord, Value } from './records.ts'

/** Fields that follow from a record instead of being stored in it. */
const DERIVED: Record<string, (record: SalesRecord) => Value> = {
  Id: ({ id }) => id,
  IsDeleted: ({ isDeleted }) => isDeleted,
  MasterRecordId: ({ masterRecordId }) => masterRecordId,
  CreatedDate: ({ createdAt }) => instantOf(createdAt),
  CreatedById: ({ createdBy }) => createdBy,
  LastModifiedDate: ({ modifiedAt }) => instantOf(modifiedAt),
  LastModifiedById: ({ modifiedBy }) => modifiedBy,
  SystemModstamp: ({ modifiedAt }) => instantOf(modifiedAt),
  IsClosed: (record) => storedValue(record, 'Status') === 'Completed',
}

/** Such as `2026-11-20T09:00:00.000+0000`. */
export function instantOf(at: number): string {
  return new Date(at).toISOString().replace('Z', '+0000')
}

/** The value of a field of a record now; a checkbox nobody has set is false. */
function readValue(record: SalesRecord, field: Field): Value {
  const derived = DERIVED[field.name]
  if (derived) return derived(record)
  if (field.name === 'Name' && (record.object === 'Contact' || record.object === 'Lead')) {
    return [storedValue(record, 'FirstName'), storedValue(record, 'LastName')].filter(Boolean).join(' ')
  }
  return storedValue(record, field.name) ?? (field.type === 'boolean' ? false : null)
}

/** What is stored under a name, and null where nothing is. */
export function storedValue(record: SalesRecord, name: string): Value {
  return record.values.get(name)?.at(-1)?.value ?? null
}

const ADDRESS_PARTS = ['Street', 'City', 'State', 'PostalCode', 'Country', 'Latitude', 'Longitude']

/** A field as it is answered: an address comes as an object, or null where no part of it is set. */
export function renderField(record: SalesRecord, field: Field): Value | JsonObject {
  if (field.type !== 'address') return readValue(record, field)
  const prefix = field.name.replace(/Address$/, '')
  const parts = ADDRESS_PARTS.map((part) => [
    part.charAt(0).toLowerCase() + part.slice(1),
    storedValue(record, prefix + part),
  ])
  return parts.every(([, value]) => value === null) ? null : asObject(Object.fromEntries(parts))
}

/** What stands first in every record that is answered. */
export function attributesOf(version: string, object: string, id: string) {
  return { type: object, url: `/services/data/${version}/sobjects/${object}/${id}` }
}

/** A record as retrieve and the single-record resource answer it. */
export function renderRecord(version: string, record: SalesRecord, fields: readonly Field[]): JsonObject {
  return {
    attributes: attributesOf(version, record.object, record.id),
    ...Object.fromEntries(fields.map((field) => [field.name, renderField(record, field)])),
    Id: record.id,
  }
}

/** All that is set on a record. */
export function allValues(org: Org, record: SalesRecord): Record<string, Value> {
  const fields = org.objects.get(record.object.toLowerCase())?.fields.values() ?? []
  const told = [...fields]
    .filter(({ type }) => type !== 'address')
    .map((field) => [field.name, readValue(record, field)])
  return Object.fromEntries(told.filter(([, value]) => value !== null))
}
