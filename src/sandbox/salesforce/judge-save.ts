import type { JsonObject } from '../json.ts'
import { rewrite } from '../rewrites.ts'
import type { Field } from './fields.ts'
import { fullId } from './ids.ts'
import type { ObjectType } from './objects/index.ts'
import type { Org } from './org.ts'
import { fieldOf, findByUnique, findRecord, objectOf, type SalesRecord, type Value } from './records.ts'
import { malformedId, type RowError, rowError } from './refusals.ts'
import { storedValue } from './render.ts'
import { checkValue, requireReadable } from './values.ts'

/** What a save is to write, found good, or why it is refused. Nothing is written yet. */
export type Judged = { values: Map<Field, Value>; errors?: undefined } | { errors: RowError[] }

/** The values a row gives: all of it but what names the row. */
function givenFields(row: JsonObject): [string, unknown][] {
  return Object.entries(row).filter(([name]) => !['attributes', 'id'].includes(name.toLowerCase()))
}

/** Refuses the whole request where one value of the row is of a JSON type that its field cannot be read from. */
export function requireReadableRow(org: Org, type: string, row: JsonObject): void {
  const object = objectOf(org, type)
  for (const [name, given] of givenFields(row)) {
    const field = object && fieldOf(object, name)
    if (field) requireReadable(field, given)
  }
}

/** Judges what one row wants to write; without a record it is to be created. */
export function judgeSave(org: Org, object: ObjectType, record: SalesRecord | undefined, row: JsonObject): Judged {
  const named = givenFields(row).map(([name, given]) => ({ name, given, field: fieldOf(object, name) }))
  if (!record && Object.keys(row).some((name) => name.toLowerCase() === 'id')) {
    return { errors: [rowError('INVALID_FIELD_FOR_INSERT_UPDATE', 'cannot specify Id in an insert call', ['Id'])] }
  }
  const unknown = named.find(({ field }) => !field)
  if (unknown) {
    return { errors: [rowError('INVALID_FIELD', `No such column '${unknown.name}' on sobject of type ${object.name}`)] }
  }
  const writes = named.flatMap(({ field, given }) => (field ? [{ field, given }] : []))
  const readOnly = writes.filter(({ field }) => (record ? !field.updateable : !field.createable))
  if (readOnly.length > 0) return { errors: [notWritable(readOnly.map(({ field }) => field.name))] }
  if (record?.values.get('IsConverted')?.at(-1)?.value === true) {
    return { errors: [rowError('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead')] }
  }
  const checked = writes.map(({ field, given }) => ({ field, result: checkValue(field, given) }))
  const wrong = checked.flatMap(({ result }) => ('error' in result ? [result.error] : []))
  if (wrong.length > 0) return { errors: wrong }
  const given = new Map(checked.flatMap(({ field, result }) => ('value' in result ? [[field, result.value]] : [])))
  const values = record ? given : new Map([...defaultsOf(org, object), ...given])
  runBeforeFlows(org, object, record, values)
  const errors = [
    ...missingFields(object, record, values),
    ...brokenReferences(org, values),
    ...brokenRules(org, object, record, values),
    ...takenValues(org, object, record, values),
  ]
  return errors.length > 0 ? { errors: errors.slice(0, 1) } : { values }
}

function notWritable(names: readonly string[]): RowError {
  const advice = 'Please check the security settings of this field and verify that it is read/write for your profile'
  const message = `Unable to create/update fields: ${names.join(', ')}. ${advice} or permission set.`
  return rowError('INVALID_FIELD_FOR_INSERT_UPDATE', message, names)
}

function defaultsOf(org: Org, object: ObjectType): Map<Field, Value> {
  const defaults = new Map<Field, Value>()
  for (const field of object.fields.values()) {
    const marked = field.picklistValues.find(({ defaultValue }) => defaultValue)
    if (marked) defaults.set(field, marked.value)
    if (field.name === 'OwnerId' && field.createable) defaults.set(field, org.userId)
  }
  return defaults
}

function valueAfter(record: SalesRecord | undefined, values: ReadonlyMap<Field, Value>, field: Field): Value {
  const written = values.get(field)
  return written === undefined ? (record ? storedValue(record, field.name) : null) : written
}

function runBeforeFlows(
  org: Org,
  object: ObjectType,
  record: SalesRecord | undefined,
  values: Map<Field, Value>,
): void {
  for (const flow of org.settings.flows) {
    const field = fieldOf(object, flow.field)
    if (flow.when !== 'before' || flow.object !== object.name || !field) continue
    const value = valueAfter(record, values, field)
    if (typeof value === 'string' || typeof value === 'number') values.set(field, rewritten(field, flow.kind, value))
  }
}

/** What a flow makes of a value, in the form the org stores it. */
export function rewritten(field: Field, kind: Parameters<typeof rewrite>[0], value: Value): Value {
  if (value === null) return null
  const result = checkValue(field, rewrite(kind, String(value)))
  return 'value' in result ? result.value : value
}

function missingFields(
  object: ObjectType,
  record: SalesRecord | undefined,
  values: ReadonlyMap<Field, Value>,
): RowError[] {
  const missing = [...object.fields.values()].filter((field) => {
    const required = !field.nillable && field.createable && field.type !== 'boolean'
    return required && (record === undefined || values.has(field)) && valueAfter(record, values, field) === null
  })
  if (missing.length === 0) return []
  const names = missing.map(({ name }) => name)
  return [rowError('REQUIRED_FIELD_MISSING', `Required fields are missing: [${names.join(', ')}]`, names)]
}

function brokenReferences(org: Org, values: ReadonlyMap<Field, Value>): RowError[] {
  return [...values].flatMap(([field, value]) => {
    if (field.type !== 'reference' || typeof value !== 'string') return []
    if (fullId(value) === undefined) return [{ ...malformedId(value), fields: [field.name] }]
    const target = findRecord(org, value)
    if (target && !target.isDeleted && field.referenceTo.includes(target.object)) return []
    return [rowError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', [field.name])]
  })
}

function brokenRules(
  org: Org,
  object: ObjectType,
  record: SalesRecord | undefined,
  values: ReadonlyMap<Field, Value>,
): RowError[] {
  return org.settings.validationRules.flatMap(({ active, message, pattern, ...place }) => {
    const field = fieldOf(object, place.field)
    if (!active || place.object !== object.name || !field) return []
    const value = valueAfter(record, values, field)
    const broken = value !== null && new RegExp(pattern).test(String(value))
    return broken ? [rowError('FIELD_CUSTOM_VALIDATION_EXCEPTION', message, [field.name])] : []
  })
}

function takenValues(
  org: Org,
  object: ObjectType,
  record: SalesRecord | undefined,
  values: ReadonlyMap<Field, Value>,
): RowError[] {
  return [...values].flatMap(([field, value]) => {
    const holder = field.unique && value !== null ? findByUnique(org, object.name, field.name, value) : undefined
    return holder && holder !== record ? [duplicateValue(field, holder)] : []
  })
}

/** A unique value that another record has, or a row further up is about to have. */
export function duplicateValue(field: Field, holder: SalesRecord | undefined): RowError {
  const where = holder ? `record with id: ${holder.id}` : 'a record that is being created'
  return rowError('DUPLICATE_VALUE', `duplicate value found: ${field.name} duplicates value on ${where}`, [])
}
