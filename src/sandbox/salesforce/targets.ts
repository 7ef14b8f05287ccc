import { asText, type JsonObject } from '../json.ts'
import { fullId } from './ids.ts'
import type { ObjectType } from './objects/index.ts'
import type { Org } from './org.ts'
import { findByUnique, findRecord, objectOf, type SalesRecord } from './records.ts'
import { malformedId, type RowError, rowError } from './refusals.ts'

/** A row of a write, and the record it goes to: none is to be created, unless an error says why it goes nowhere. */
export type Target = { object: ObjectType; row: JsonObject; record?: SalesRecord | undefined; error?: RowError }

/** The record that an update names by its id. */
export function targetById(org: Org, object: ObjectType, row: JsonObject): Target {
  const id = asText(row.id) ?? asText(row.Id)
  if (!id) return { object, row, error: rowError('MISSING_ARGUMENT', 'Id not specified in an update call') }
  const found = findTarget(org, id, object.name)
  return 'statusCode' in found ? { object, row, error: found } : { object, row, record: found }
}

/** The living record of an id, or why it cannot be written to. */
export function findTarget(org: Org, id: string, object?: string): SalesRecord | RowError {
  if (fullId(id) === undefined) return malformedId(id)
  const record = findRecord(org, id)
  const writable = record && objectOf(org, record.object)?.writable
  if (!record || !writable || (object !== undefined && record.object !== object)) {
    return rowError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id')
  }
  return record.isDeleted ? rowError('ENTITY_IS_DELETED', 'entity is deleted') : record
}

/** The record that an upsert names by an external id; none is to be created with it. */
export function targetByKey(org: Org, object: ObjectType, key: string, row: JsonObject): Target {
  const given = Object.entries(row).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1]
  const value = typeof given === 'number' ? String(given) : asText(given)?.trim()
  if (!value) return { object, row, error: rowError('MISSING_ARGUMENT', `${key} not specified`) }
  return { object, row, record: findByUnique(org, object.name, key, value) }
}

/** Fails every row whose key another row has too. */
export function failDuplicates(
  targets: readonly Target[],
  keyOf: (target: Target) => string | undefined,
  message: (key: string) => string,
): Target[] {
  const keys = targets.map((target) => (target.error ? undefined : keyOf(target)))
  const counts = new Map<string, number>()
  for (const key of keys) if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1)
  return targets.map((target, place) => {
    const key = keys[place]
    if (key === undefined || (counts.get(key) ?? 0) < 2) return target
    return { object: target.object, row: target.row, error: rowError('DUPLICATE_VALUE', message(key)) }
  })
}
