import type { HttpRequest } from '../http.ts'
import { asObject, asText, type JsonObject } from '../json.ts'
import type { Answer } from '../request-log.ts'
import { requireReadableRow } from './judge-save.ts'
import type { Locked } from './locks.ts'
import type { ObjectType } from './objects/index.ts'
import type { Org } from './org.ts'
import { fieldOf, objectOf } from './records.ts'
import { notFound, Refusal } from './refusals.ts'
import { requireObject } from './retrieve.ts'
import { failDuplicates, findTarget, targetById, targetByKey } from './targets.ts'
import { deleteRows, type RowResult, writeRows } from './write-rows.ts'

const MOST_ROWS = 200
const MOST_CHUNKS = 10

type Row = { object: ObjectType; row: JsonObject }

/** Creates up to 200 records, of one type or of several. */
export function createCollection(org: Org, request: HttpRequest, locked: Locked): Answer {
  const { rows, allOrNone } = readCollection(org, request.body)
  return answerOf(writeRows(org, rows, allOrNone, locked), false)
}

/** Changes up to 200 records by their ids; rows that name the same record twice all fail. */
export function updateCollection(org: Org, request: HttpRequest, locked: Locked): Answer {
  const { rows, allOrNone } = readCollection(org, request.body)
  const found = rows.map(({ object, row }) => targetById(org, object, row))
  const targets = failDuplicates(
    found,
    ({ record }) => record?.id,
    (id) => `Duplicate id specified: ${id}`,
  )
  return answerOf(writeRows(org, targets, allOrNone, locked), false)
}

/** Creates or changes up to 200 records by an external id; rows that share one all fail. */
export function upsertCollection(org: Org, request: HttpRequest, locked: Locked): Answer {
  const { type = '', field: key = '' } = request.params
  const field = fieldOf(requireObject(org, type), key)
  if (!field?.externalId) throw notFound(`Provided external ID field does not exist or is not accessible: ${key}`)
  const { rows, allOrNone } = readCollection(org, request.body, type)
  const found = rows.map(({ object, row }) => targetByKey(org, object, field.name, row))
  const targets = failDuplicates(
    found,
    ({ row }) => String(row[field.name]).trim().toLowerCase(),
    (value) => `Duplicate external id specified: ${value}`,
  )
  return answerOf(writeRows(org, targets, allOrNone, locked), true)
}

/** Deletes up to 200 records. */
export function deleteCollection(org: Org, { query }: HttpRequest, locked: Locked): Answer {
  const ids = (query.get('ids') ?? '').split(',').filter((id) => id !== '')
  checkCount(ids.length)
  return answerOf(
    deleteRows(
      org,
      ids.map((id) => findTarget(org, id)),
      query.get('allOrNone') === 'true',
      locked,
    ),
    false,
  )
}

/** The rows of a body, refused as a whole where its shape is wrong or a value is of a JSON type that cannot be read. */
function readCollection(org: Org, body: unknown, type?: string): { rows: Row[]; allOrNone: boolean } {
  const { records, allOrNone } = asObject(body)
  const given = Array.isArray(records) ? records.map(asObject) : []
  checkCount(given.length)
  const rows = given.map((row) => {
    const name = asText(asObject(row.attributes).type) ?? type
    const object = name === undefined ? undefined : objectOf(org, name)
    if (!object?.writable) {
      throw new Refusal(400, 'INVALID_TYPE', `sObject type '${name ?? ''}' is not supported.`)
    }
    requireReadableRow(org, object.name, row)
    return { object, row }
  })
  const chunks = rows.filter(({ object }, place) => object !== rows[place - 1]?.object).length
  if (chunks > MOST_CHUNKS) {
    const advice = 'Please rearrange data to reduce chunking.'
    throw new Refusal(
      400,
      'LIMIT_EXCEEDED',
      `Cannot have more than ${MOST_CHUNKS} chunks in a single operation. ${advice}`,
    )
  }
  return { rows, allOrNone: allOrNone === true }
}

function checkCount(count: number): void {
  if (count === 0) throw new Refusal(400, 'REQUIRED_FIELD_MISSING', 'At least 1 record is required')
  if (count > MOST_ROWS) {
    const message = `record limit reached. cannot submit more than ${MOST_ROWS} records into this call`
    throw new Refusal(400, 'EXCEEDED_ID_LIMIT', message)
  }
}

function answerOf(results: readonly RowResult[], isUpsert: boolean): Answer {
  const body = results.map(({ created, ...result }) => (isUpsert && result.success ? { ...result, created } : result))
  return { status: 200, body, rows: results.length }
}
