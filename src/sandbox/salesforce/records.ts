import type { Field } from './fields.ts'
import { addHistory, type HistoryRow, isTracked, keepsHistory, tellHistory } from './history.ts'
import { fullId, idOf } from './ids.ts'
import type { ObjectType, RecordObject } from './objects/index.ts'
import { isRecordObject } from './objects/index.ts'
import type { Org } from './org.ts'

export type Value = string | number | boolean | null

export type Revision = { value: Value; at: number; by: string }

export type SalesRecord = {
  id: string
  object: RecordObject
  createdAt: number
  createdBy: string
  modifiedAt: number
  modifiedBy: string
  isDeleted: boolean
  masterRecordId: string | null
  /** Per field by its name, oldest first; the last is the current value. */
  values: Map<string, Revision[]>
  history: HistoryRow[]
}

/** A moment as the org keeps it: whole seconds. */
export function wholeSecond(at: number): number {
  return Math.floor(at / 1_000) * 1_000
}

/** The object of a name, in any case. */
export function objectOf(org: Org, name: string): ObjectType | undefined {
  return org.objects.get(name.toLowerCase())
}

/** The field of a name, in any case. */
export function fieldOf(object: ObjectType, name: string): Field | undefined {
  return object.fields.get(name.toLowerCase())
}

/** The record of an id in either form, also a deleted one. */
export function findRecord(org: Org, id: string): SalesRecord | undefined {
  const full = fullId(id)
  return full === undefined ? undefined : org.records.get(full)
}

/** All records of an object, deleted ones too. */
export function recordsOf(org: Org, object: RecordObject): SalesRecord[] {
  return [...org.records.values()].filter((record) => record.object === object)
}

/** The living record that has a unique value, in any case. */
export function findByUnique(org: Org, object: string, field: string, value: Value): SalesRecord | undefined {
  const id = org.unique.get(`${object}.${field}`)?.get(String(value).toLowerCase())
  return id === undefined ? undefined : org.records.get(id)
}

/** A new record without values, by a user at a moment. */
export function addRecord(
  org: Org,
  object: ObjectType,
  { by, at, id }: { by: string; at: number; id?: string | undefined },
): SalesRecord {
  if (!isRecordObject(object.name)) throw new Error(`${object.name} has no records`)
  const moment = wholeSecond(at)
  const record: SalesRecord = {
    id: id ?? nextId(org, object.keyPrefix),
    object: object.name,
    createdAt: moment,
    createdBy: by,
    modifiedAt: moment,
    modifiedBy: by,
    isDeleted: false,
    masterRecordId: null,
    values: new Map(),
    history: [],
  }
  org.records.set(record.id, record)
  if (keepsHistory(org, record.object))
    addHistory(org, record, { field: 'created', dataType: 'Text', oldValue: null, newValue: null, at: moment, by })
  return record
}

/**
 * Writes checked values and answers the names of the fields whose value changed; the record counts as modified either way.
 * With a moment in the past a change takes its place there, and may not be the current value.
 */
export function changeRecord(
  org: Org,
  record: SalesRecord,
  values: ReadonlyMap<Field, Value>,
  { by, at }: { by: string; at: number },
): string[] {
  const moment = wholeSecond(at)
  const isNew = record.values.size === 0
  const changed: string[] = []
  for (const [field, value] of values)
    if (changeValue(org, record, field, { value, at: moment, by }, isNew)) changed.push(field.name)
  if (moment >= record.modifiedAt) Object.assign(record, { modifiedAt: moment, modifiedBy: by })
  return changed
}

function changeValue(org: Org, record: SalesRecord, field: Field, revision: Revision, isNew: boolean): boolean {
  const revisions = record.values.get(field.name) ?? []
  const blank = field.type === 'boolean' ? false : null
  const place = revisions.findLastIndex(({ at }) => at <= revision.at) + 1
  const before = revisions[place - 1]?.value ?? blank
  if (revision.value === before) return false
  const current = revisions.at(-1)?.value ?? blank
  revisions.splice(place, 0, revision)
  record.values.set(field.name, revisions)
  if (field.unique) indexUnique(org, record, field.name, current)
  if (!isNew && isTracked(org, record.object, field)) tellHistory(org, record, field, before, revision)
  return true
}

function indexUnique(org: Org, record: SalesRecord, name: string, before: Value): void {
  const key = `${record.object}.${name}`
  const index = org.unique.get(key) ?? new Map<string, string>()
  org.unique.set(key, index)
  const now = record.values.get(name)?.at(-1)?.value ?? null
  if (before !== null) index.delete(String(before).toLowerCase())
  if (now !== null) index.set(String(now).toLowerCase(), record.id)
}

/** An id that ascends from all before. */
export function nextId(org: Org, keyPrefix: string): string {
  org.serial += 1
  return idOf(keyPrefix, org.serial)
}
