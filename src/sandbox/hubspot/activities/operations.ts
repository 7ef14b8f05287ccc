import type { HttpRequest } from '../../http.ts'
import { asObject, asText, asTexts } from '../../json.ts'
import type { Answer } from '../../request-log.ts'
import { shuffled } from '../../seeded-random.ts'
import { readBatch } from '../batch-input.ts'
import type { Operation } from '../operation.ts'
import type { Portal } from '../portal.ts'
import { createProperty, getProperty, listProperties } from '../property-definitions.ts'
import { createGroup, requireGroup } from '../property-groups.ts'
import { missingError } from '../write-failures.ts'
import { linkActivities, readLinks, unlinkActivities } from './associations.ts'
import { ACTIVITY_OBJECTS, type ActivityObject } from './definitions.ts'
import { renderActivity } from './render.ts'
import { archiveActivity, findActivity } from './store.ts'
import { writeActivities } from './write.ts'

const MOST_ROWS = 100
const batch = { method: 'POST', headers: 'always' } as const

/** The operations of calls and communications, and of their associations with contacts. */
export const ACTIVITY_OPERATIONS: readonly Operation[] = ACTIVITY_OBJECTS.flatMap(operationsOf)

function operationsOf(object: ActivityObject): Operation[] {
  const path = `/crm/v3/objects/${object}/batch`
  const from = `/crm/v4/associations/${object}/contacts/batch`
  const properties = `/crm/v3/properties/${object}`
  const of = ({ activities }: Portal) => ({ properties: activities.properties[object] })
  const write = (verb: 'create' | 'update' | 'upsert'): Operation => ({
    name: `${object}.batch_${verb}`,
    ...batch,
    path: `${path}/${verb}`,
    answer: (portal, request) => writeActivities(portal, object, verb, request),
  })
  return [
    write('create'),
    write('update'),
    write('upsert'),
    {
      name: `${object}.batch_read`,
      ...batch,
      path: `${path}/read`,
      answer: (portal, given) => read(portal, object, given),
    },
    {
      name: `${object}.batch_archive`,
      ...batch,
      path: `${path}/archive`,
      answer: (portal, given) => archive(portal, object, given),
    },
    {
      name: 'associations.batch_create',
      ...batch,
      path: `${from}/create`,
      answer: (portal, given) => linkActivities(portal, object, given),
    },
    {
      name: 'associations.batch_archive',
      ...batch,
      path: `${from}/archive`,
      answer: (portal, given) => unlinkActivities(portal, object, given),
    },
    {
      name: 'associations.batch_read',
      ...batch,
      path: `/crm/v4/associations/contacts/${object}/batch/read`,
      answer: (portal, given) => readLinks(portal, object, given),
    },
    {
      name: 'properties.list',
      method: 'GET',
      headers: 'sometimes',
      path: properties,
      answer: (portal) => listProperties(of(portal)),
    },
    {
      name: 'properties.create',
      method: 'POST',
      headers: 'sometimes',
      path: properties,
      answer: (portal, given) => {
        requireGroup(portal.groups[object], given.body)
        return createProperty(of(portal), given)
      },
    },
    {
      name: 'groups.create',
      method: 'POST',
      headers: 'sometimes',
      path: `${properties}/groups`,
      answer: ({ groups }, given) => createGroup(groups[object], given),
    },
    {
      name: 'properties.get',
      method: 'GET',
      headers: 'sometimes',
      path: `${properties}/:name`,
      answer: (portal, given) => getProperty(of(portal), given),
    },
  ]
}

function read(portal: Portal, object: ActivityObject, { body }: HttpRequest): Answer {
  const ids = readBatch(body, MOST_ROWS).map((input) => asText(asObject(input).id) ?? '')
  const names = asTexts(asObject(body).properties)
  const found = ids.flatMap((id) => findActivity(portal, object, id) ?? [])
  const missing = ids.filter((id) => !findActivity(portal, object, id))
  const errors = missing.length > 0 && portal.settings.missingIds === 'reported' ? [missingError(missing)] : []
  const results = shuffled(portal.random, [...new Set(found)]).map((each) => renderActivity(portal, each, names))
  return {
    status: errors.length > 0 ? 207 : 200,
    body: { status: 'COMPLETE', results, ...(errors.length > 0 && { errors, numErrors: errors.length }) },
    rows: ids.length,
  }
}

/** What is not there is no error: 204 all the same (crm.md 1.2). */
function archive(portal: Portal, object: ActivityObject, { body }: HttpRequest): Answer {
  const ids = readBatch(body, MOST_ROWS).map((input) => asText(asObject(input).id) ?? '')
  for (const id of ids) {
    const activity = findActivity(portal, object, id)
    if (activity) archiveActivity(portal, activity)
  }
  return { status: 204, rows: ids.length }
}
