import type { HttpRequest } from '../http.ts'
import { asObject, asTexts } from '../json.ts'
import type { Answer } from '../request-log.ts'
import type { Field } from './fields.ts'
import { fullId } from './ids.ts'
import type { ObjectType } from './objects/index.ts'
import type { Org } from './org.ts'
import { fieldOf, findRecord, objectOf, type SalesRecord } from './records.ts'
import { malformedId, notFound, Refusal, refuseRow } from './refusals.ts'
import { renderRecord } from './render.ts'

const MOST_IDS = 2_000

/** Records in the order of the ids, with `null` where there is none or it is deleted (crm.md 4.1). */
export function retrieveByPost(org: Org, request: HttpRequest): Answer {
  const body = asObject(request.body)
  return retrieve(org, request, asTexts(body.ids), asTexts(body.fields))
}

/** The same with ids and fields in the address. */
export function retrieveByGet(org: Org, request: HttpRequest): Answer {
  return retrieve(org, request, listOf(request, 'ids'), listOf(request, 'fields'))
}

function retrieve(org: Org, { params }: HttpRequest, ids: readonly string[], names: readonly string[]): Answer {
  const object = requireObject(org, params.type ?? '')
  if (ids.length > MOST_IDS) {
    const message = `record limit reached. cannot submit more than ${MOST_IDS} records into this call`
    throw new Refusal(400, 'EXCEEDED_ID_LIMIT', message)
  }
  if (ids.length === 0 || names.length === 0) {
    throw new Refusal(400, 'MISSING_ARGUMENT', 'Required parameter: ids and fields')
  }
  const fields = requireFields(object, names)
  const body = ids.map((id) => {
    if (fullId(id) === undefined) throw refuseRow([malformedId(id)])
    const record = livingRecord(org, object, id)
    return record ? renderRecord(params.version ?? '', record, fields) : null
  })
  return { status: 200, body, rows: ids.length }
}

/** One record, with all of its fields unless some are named. */
export function getRecord(org: Org, request: HttpRequest): Answer {
  const { params } = request
  const object = requireObject(org, params.type ?? '')
  const record = livingRecord(org, object, params.id ?? '')
  if (!record) throw notFound()
  const names = listOf(request, 'fields')
  const fields = names.length > 0 ? requireFields(object, names) : [...object.fields.values()]
  return { status: 200, body: renderRecord(params.version ?? '', record, fields), rows: 1 }
}

/** The object of a name, or a 404. */
export function requireObject(org: Org, type: string): ObjectType {
  const object = objectOf(org, type)
  if (!object) throw notFound()
  return object
}

function livingRecord(org: Org, { name }: ObjectType, id: string): SalesRecord | undefined {
  const record = findRecord(org, id)
  return record?.object === name && !record.isDeleted ? record : undefined
}

function requireFields(object: ObjectType, names: readonly string[]): Field[] {
  return names.map((name) => {
    const field = fieldOf(object, name)
    if (!field) throw new Refusal(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type ${object.name}`)
    return field
  })
}

function listOf({ query }: HttpRequest, name: string): string[] {
  return (query.get(name) ?? '').split(',').filter((part) => part !== '')
}
