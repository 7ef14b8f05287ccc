import type { HttpRequest } from '../http.ts'
import { asObject, asText } from '../json.ts'
import type { Answer } from '../request-log.ts'
import { accountDetails, dailyUsage, tokenInfo } from './account.ts'
import { ACTIVITY_OPERATIONS } from './activities/operations.ts'
import { batchCreate, batchUpdate, batchUpsert } from './batch-write.ts'
import { findContact } from './contacts.ts'
import { mergeContacts } from './merge.ts'
import type { Operation } from './operation.ts'
import type { Portal } from './portal.ts'
import { createProperty, getProperty, listProperties } from './property-definitions.ts'
import { createGroup, requireGroup } from './property-groups.ts'
import { batchRead, getContact, listContacts } from './read-contacts.ts'
import { badRequest, Refusal } from './refusals.ts'
import { renderContact } from './render.ts'
import { searchContacts } from './search.ts'

const CONTACTS = '/crm/v3/objects/contacts'
const PROPERTIES = '/crm/v3/properties/contacts'
const ACCOUNT = '/account-info/v3'
const TOKEN_INFO = '/oauth/v2/private-apps/get/access-token-info'

const post = { method: 'POST' } as const
const get = { method: 'GET' } as const
const batch = { method: 'POST', headers: 'always' } as const

/** The part of HubSpot that the sandbox is. */
export const OPERATIONS: readonly Operation[] = [
  { name: 'contacts.batch_read', ...batch, path: `${CONTACTS}/batch/read`, answer: batchRead },
  { name: 'contacts.batch_create', ...batch, path: `${CONTACTS}/batch/create`, answer: batchCreate },
  { name: 'contacts.batch_update', ...batch, path: `${CONTACTS}/batch/update`, answer: batchUpdate },
  { name: 'contacts.batch_upsert', ...batch, path: `${CONTACTS}/batch/upsert`, answer: batchUpsert },
  { name: 'contacts.search', ...post, path: `${CONTACTS}/search`, headers: 'never', answer: searchContacts },
  { name: 'contacts.merge', ...post, path: `${CONTACTS}/merge`, headers: 'sometimes', answer: merge },
  { name: 'contacts.list', ...get, path: CONTACTS, headers: 'sometimes', answer: listContacts },
  { name: 'contacts.get', ...get, path: `${CONTACTS}/:id`, headers: 'sometimes', answer: getContact },
  { name: 'properties.list', ...get, path: PROPERTIES, headers: 'sometimes', answer: listProperties },
  { name: 'properties.create', ...post, path: PROPERTIES, headers: 'sometimes', answer: createGrouped },
  {
    name: 'groups.create',
    ...post,
    path: `${PROPERTIES}/groups`,
    headers: 'sometimes',
    answer: ({ groups }, given) => createGroup(groups.contacts, given),
  },
  { name: 'properties.get', ...get, path: `${PROPERTIES}/:name`, headers: 'sometimes', answer: getProperty },
  { name: 'account.details', ...get, path: `${ACCOUNT}/details`, headers: 'sometimes', answer: accountDetails },
  { name: 'account.token', ...post, path: TOKEN_INFO, headers: 'sometimes', answer: tokenInfo },
  {
    name: 'account.usage',
    ...get,
    path: `${ACCOUNT}/api-usage/daily/private-apps`,
    headers: 'sometimes',
    answer: dailyUsage,
  },
  ...ACTIVITY_OPERATIONS,
]

function merge(portal: Portal, { body }: HttpRequest): Answer {
  const { primaryObjectId, objectIdToMerge } = asObject(body)
  const [primary, other] = [primaryObjectId, objectIdToMerge].map((id) => findContact(portal, asText(id) ?? ''))
  if (!primary || !other) throw new Refusal(404, 'OBJECT_NOT_FOUND', 'resource not found')
  if (primary === other) throw badRequest('Cannot merge an object with itself')
  return { status: 200, body: renderContact(portal, mergeContacts(portal, primary, other), []), rows: 2 }
}

/** In a group that there is, and only there. */
function createGrouped(portal: Portal, request: HttpRequest): Answer {
  requireGroup(portal.groups.contacts, request.body)
  return createProperty(portal, request)
}
