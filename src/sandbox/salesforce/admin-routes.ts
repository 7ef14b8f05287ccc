import { adminRoute, oneOf, oneOrMore, readMoment, readTimesAndStatus } from '../admin-routes.ts'
import type { HttpRoute } from '../http.ts'
import { asList, asObject, asText, type JsonObject } from '../json.ts'
import { badOrder } from '../refusal.ts'
import type { Admin, Edit, RecordName, SeedRecord } from './admin.ts'
import { FAULT_KINDS, type FaultOrder } from './faults.ts'
import { readFieldDraft } from './field-draft.ts'
import { OPERATION_NAMES } from './operation.ts'
import type { Value } from './records.ts'
import { readSettings } from './settings.ts'
import { EDITORS } from './users.ts'

/** The admin's functions by HTTP, under `/__admin`: what they answer comes as JSON, what they refuse as 4xx. */
export function adminRoutes(admin: Admin): HttpRoute[] {
  return [
    adminRoute('GET', 'state', () => admin.state()),
    adminRoute('GET', 'requests', () => admin.requests()),
    adminRoute('POST', 'reset', () => admin.reset()),
    adminRoute('POST', 'records', ({ body }) => {
      const { object, records } = asObject(body)
      return { ids: admin.createRecords(asText(object) ?? '', asList(records).map(asObject).map(readSeed)) }
    }),
    adminRoute('POST', 'edit', ({ body }) => admin.edit(readEdit(asObject(body)))),
    adminRoute('POST', 'fields', ({ body }) => {
      const { object, fields } = asObject(body)
      return admin.defineFields(asText(object) ?? '', asList(fields).map(asObject).map(readFieldDraft))
    }),
    adminRoute('POST', 'merge', ({ body }) => {
      const { object, winnerId, loserId } = asObject(body)
      admin.merge({ object: textOf(object), winnerId: textOf(winnerId), loserId: textOf(loserId) })
    }),
    adminRoute('POST', 'convert', ({ body }) => admin.convertLead({ id: textOf(asObject(body).id) })),
    adminRoute('POST', 'remove', ({ body }) => admin.remove(readName(asObject(body)))),
    adminRoute('POST', 'undelete', ({ body }) => admin.undelete(readName(asObject(body)))),
    adminRoute('POST', 'expire', () => admin.expireSessions()),
    adminRoute('POST', 'faults', ({ body }) => oneOrMore(body).map(readFault).forEach(admin.addFault)),
    adminRoute('POST', 'settings', ({ body }) => admin.configure(readSettings(asObject(body)))),
  ]
}

function readSeed(given: JsonObject): SeedRecord {
  const id = asText(given.id)
  return {
    values: readValues(given.values),
    ...(id !== undefined && { id }),
    ...readMoment(given.at),
    ...(given.source !== undefined && { source: oneOf(EDITORS, given.source, 'source') }),
  }
}

function readEdit(given: JsonObject): Edit {
  return {
    ...readName(given),
    values: readValues(given.values),
    as: oneOf(EDITORS, given.as, 'as'),
    ...readMoment(given.at),
  }
}

function readName({ object, id }: JsonObject): RecordName {
  return { object: textOf(object), id: textOf(id) }
}

function readValues(given: unknown): Record<string, Value> {
  const pairs = Object.entries(asObject(given)).map(([name, value]): [string, Value] => {
    if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      return [name, value]
    }
    throw badOrder(`${name}: takes a text, a number, true, false or null`)
  })
  return Object.fromEntries(pairs)
}

function readFault(given: JsonObject): FaultOrder {
  const recordId = asText(given.recordId)
  return {
    operation: oneOf([...OPERATION_NAMES, '*'] as const, given.operation, 'operation'),
    kind: oneOf(FAULT_KINDS, given.kind, 'kind'),
    ...readTimesAndStatus(given),
    ...(recordId !== undefined && { recordId }),
  }
}

function textOf(given: unknown): string {
  return asText(given) ?? ''
}
