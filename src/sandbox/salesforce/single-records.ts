import type { HttpRequest } from '../http.ts'
import { asObject, type JsonObject } from '../json.ts'
import type { Answer } from '../request-log.ts'
import { requireReadableRow } from './judge-save.ts'
import type { Locked } from './locks.ts'
import type { Org } from './org.ts'
import { fieldOf } from './records.ts'
import { notFound, refuseRow } from './refusals.ts'
import { requireObject } from './retrieve.ts'
import { findTarget, type Target, targetByKey } from './targets.ts'
import { deleteRows, type RowResult, writeRows } from './write-rows.ts'

/** Creates one record: 201. */
export function createRecord(org: Org, { params, body }: HttpRequest, locked: Locked): Answer {
  const object = requireObject(org, params.type ?? '')
  const result = writeOne(org, { object, row: asObject(body) }, locked)
  return { status: 201, body: { id: result.id, success: true, errors: [] }, rows: 1 }
}

/** Changes one record: 204 without a body. */
export function updateRecord(org: Org, { params, body }: HttpRequest, locked: Locked): Answer {
  const object = requireObject(org, params.type ?? '')
  const record = findTarget(org, params.id ?? '', object.name)
  if ('statusCode' in record) throw refuseRow([record], 404)
  writeOne(org, { object, record, row: asObject(body) }, locked)
  return { status: 204, rows: 1 }
}

/** By an external id: 201 where the record was created, 200 where it was changed. */
export function upsertRecord(org: Org, { params, body }: HttpRequest, locked: Locked): Answer {
  const { type = '', field: key = '', value = '' } = params
  const object = requireObject(org, type)
  const field = fieldOf(object, key)
  if (!field?.externalId) throw notFound(`Provided external ID field does not exist or is not accessible: ${key}`)
  const row: JsonObject = { ...asObject(body), [field.name]: value }
  const { id, created } = writeOne(org, targetByKey(org, object, field.name, row), locked)
  return { status: created ? 201 : 200, body: { id, success: true, errors: [], created }, rows: 1 }
}

/** Deletes one record: 204 without a body. */
export function deleteRecord(org: Org, { params }: HttpRequest, locked: Locked): Answer {
  const object = requireObject(org, params.type ?? '')
  const [result] = deleteRows(org, [findTarget(org, params.id ?? '', object.name)], false, locked)
  if (!result?.success) throw refuseRow(result?.errors ?? [], 404)
  return { status: 204, rows: 1 }
}

function writeOne(org: Org, target: Target, locked: Locked): RowResult {
  requireReadableRow(org, target.object.name, target.row)
  const [result] = writeRows(org, [target], false, locked)
  if (!result?.success) throw refuseRow(result?.errors ?? [])
  return result
}
