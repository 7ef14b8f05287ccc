import { adminRoute, oneOf, oneOrMore, readMoment, readTimesAndStatus } from '../admin-routes.ts'
import type { HttpRoute } from '../http.ts'
import { asNumber, asObject, asText, type JsonObject } from '../json.ts'
import type { Admin, Edit, SeedContact } from './admin.ts'
import { readProperties } from './batch-input.ts'
import { FAULT_KINDS, type FaultOrder } from './faults.ts'
import { EDITORS } from './history.ts'
import { OPERATION_NAMES } from './operation.ts'
import { readDraft } from './property-definitions.ts'
import { readSettings } from './settings.ts'

/** The admin's functions by HTTP, under `/__admin`: what they answer comes as JSON, what they refuse as 4xx. */
export function adminRoutes(admin: Admin): HttpRoute[] {
  return [
    adminRoute('GET', 'state', () => admin.state()),
    adminRoute('GET', 'requests', () => admin.requests()),
    adminRoute('GET', 'activities', () => admin.activities()),
    adminRoute('POST', 'remove-activity', ({ body }) => admin.removeActivity({ id: asText(asObject(body).id) ?? '' })),
    adminRoute('POST', 'reset', () => admin.reset()),
    adminRoute('POST', 'contacts', ({ body }) => ({ ids: admin.createContacts(oneOrMore(body).map(readSeed)) })),
    adminRoute('POST', 'edit', ({ body }) => admin.edit(readEdit(asObject(body)))),
    adminRoute('POST', 'archive', ({ body }) => admin.archive({ id: asText(asObject(body).id) ?? '' })),
    adminRoute('POST', 'restore', ({ body }) => admin.restore({ id: asText(asObject(body).id) ?? '' })),
    adminRoute('POST', 'properties', ({ body }) => admin.defineProperties(oneOrMore(body).map(readDraft))),
    adminRoute('POST', 'faults', ({ body }) => oneOrMore(body).map(readFault).forEach(admin.addFault)),
    adminRoute('POST', 'settings', ({ body }) => admin.configure(readSettings(asObject(body)))),
  ]
}

function readSeed(given: JsonObject): SeedContact {
  const id = asText(given.id)
  return {
    properties: readProperties(given.properties),
    ...(id !== undefined && { id }),
    ...readMoment(given.at),
    ...(given.source !== undefined && { source: oneOf(EDITORS, given.source, 'source') }),
  }
}

function readEdit(given: JsonObject): Edit {
  const userId = asNumber(given.userId)
  return {
    id: asText(given.id) ?? '',
    properties: readProperties(given.properties),
    as: oneOf(EDITORS, given.as, 'as'),
    ...readMoment(given.at),
    ...(userId !== undefined && { userId }),
  }
}

function readFault(given: JsonObject): FaultOrder {
  return {
    operation: oneOf([...OPERATION_NAMES, '*'] as const, given.operation, 'operation'),
    kind: oneOf(FAULT_KINDS, given.kind, 'kind'),
    ...readTimesAndStatus(given),
  }
}
