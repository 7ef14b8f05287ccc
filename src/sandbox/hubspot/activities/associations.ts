import type { HttpRequest } from '../../http.ts'
import { asList, asNumber, asObject, asText } from '../../json.ts'
import type { Answer } from '../../request-log.ts'
import { readBatch } from '../batch-input.ts'
import { findContact } from '../contacts.ts'
import type { Portal } from '../portal.ts'
import { badRequest } from '../refusals.ts'
import { type ActivityObject, ASSOCIATION_TYPES } from './definitions.ts'
import { contactsOf, findActivity } from './store.ts'

/** What one call takes (crm.md 2.1). */
const MOST = { create: 2_000, read: 1_000, archive: 100 }
/** What one contact's page of a read holds. */
const PAGE = 500

/** The contacts that a create names; a type that is not this pair's, or a contact that is none, refuses the batch. */
export function linkedContacts(portal: Portal, object: ActivityObject, given: unknown): string[] {
  return asList(given).map((each) => {
    const { to, types } = asObject(each)
    requireType(object, types)
    const contact = findContact(portal, idOf(to))
    if (!contact) throw badRequest(`Object not found. objectId are usually numeric: ${idOf(to)}`)
    return contact.id
  })
}

/** Hangs activities on contacts; twice is once. A pair that is not there is told beside the others. */
export function linkActivities(portal: Portal, object: ActivityObject, { body }: HttpRequest): Answer {
  const inputs = readBatch(body, MOST.create).map(asObject)
  for (const { types } of inputs) requireType(object, types)
  const results: object[] = []
  const errors: object[] = []
  for (const { from, to } of inputs) {
    const [activity, contact] = [findActivity(portal, object, idOf(from)), findContact(portal, idOf(to))]
    if (!activity || !contact) {
      const context = { fromObjectId: [idOf(from)], toObjectId: [idOf(to)] }
      errors.push({
        status: 'error',
        category: 'OBJECT_NOT_FOUND',
        message: 'One or more objects do not exist',
        context,
      })
      continue
    }
    activity.contacts.add(contact.id)
    const [fromObjectId, toObjectId] = [Number(activity.id), Number(contact.id)]
    results.push({ fromObjectTypeId: '0-48', fromObjectId, toObjectTypeId: '0-1', toObjectId, labels: [] })
  }
  return {
    status: errors.length > 0 ? 207 : 201,
    body: { status: 'COMPLETE', results, ...(errors.length > 0 && { errors, numErrors: errors.length }) },
    rows: inputs.length,
  }
}

/** Takes activities off contacts; what does not hang there is no error. */
export function unlinkActivities(portal: Portal, object: ActivityObject, { body }: HttpRequest): Answer {
  const inputs = readBatch(body, MOST.archive).map(asObject)
  for (const { from, to } of inputs) {
    const activity = findActivity(portal, object, idOf(from))
    const taken = new Set(asList(to).flatMap((each) => findContact(portal, idOf(each))?.id ?? []))
    if (activity) activity.contacts = new Set(contactsOf(portal, activity).filter((id) => !taken.has(id)))
  }
  return { status: 204, rows: inputs.length }
}

/** What hangs on contacts, page by page; a contact with nothing is told as an error, as HubSpot does. */
export function readLinks(portal: Portal, object: ActivityObject, { body }: HttpRequest): Answer {
  const inputs = readBatch(body, MOST.read).map(asObject)
  const living = [...portal.activities.byId.values()].filter((each) => each.object === object && !each.archived)
  const results: object[] = []
  const errors: object[] = []
  for (const { id, after } of inputs) {
    const contact = findContact(portal, asText(id) ?? '')
    const all = living.filter((each) => contact && contactsOf(portal, each).includes(contact.id))
    const start = Number(after ?? 0)
    const associationTypes = [{ category: 'HUBSPOT_DEFINED', typeId: ASSOCIATION_TYPES[object] - 1, label: null }]
    const to = all.slice(start, start + PAGE).map((each) => ({ toObjectId: Number(each.id), associationTypes }))
    const next = start + PAGE < all.length ? { paging: { next: { after: String(start + PAGE) } } } : {}
    if (to.length > 0) results.push({ from: { id: asText(id) }, to, ...next })
    else {
      const message = `No ${object} is associated with contact ${asText(id)}.`
      const subCategory = 'crm.associations.NO_ASSOCIATIONS_FOUND'
      errors.push({
        status: 'error',
        category: 'OBJECT_NOT_FOUND',
        subCategory,
        message,
        context: { fromObjectId: [id] },
      })
    }
  }
  return {
    status: errors.length > 0 ? 207 : 200,
    body: { status: 'COMPLETE', results, ...(errors.length > 0 && { errors, numErrors: errors.length }) },
    rows: inputs.length,
  }
}

function requireType(object: ActivityObject, types: unknown): void {
  const [type] = asList(types).map(asObject)
  const isOurs =
    type?.associationCategory === 'HUBSPOT_DEFINED' && asNumber(type.associationTypeId) === ASSOCIATION_TYPES[object]
  if (!isOurs) throw badRequest(`association type is not valid between ${object} and contacts`)
}

function idOf(given: unknown): string {
  return asText(asObject(given).id) ?? ''
}
