import type { HttpRequest } from '../http.ts'
import { asList, asNumber, asObject, asText, asTexts } from '../json.ts'
import type { Answer } from '../request-log.ts'
import type { Contact } from './contacts.ts'
import type { Portal } from './portal.ts'
import { badRequest } from './refusals.ts'
import { propertyValue, renderContact } from './render.ts'
import { matchesFilter, readFilter, type SearchFilter } from './search-filter.ts'

const LONGEST_BODY = 3_000
const MOST_GROUPS = 5
const MOST_FILTERS_PER_GROUP = 6
const MOST_FILTERS = 18
const MOST_ROWS = 200
const MOST_HITS = 10_000
const QUERIED = ['firstname', 'lastname', 'email', 'phone', 'company', 'hs_object_id']

/** Finds by the index, which is some seconds behind; the values shown are the present ones. */
export function searchContacts(portal: Portal, request: HttpRequest): Answer {
  const body = asObject(request.body)
  if (request.text.length > LONGEST_BODY) throw badRequest(`The request body is longer than ${LONGEST_BODY} characters`)
  const groups = readGroups(portal, body.filterGroups)
  const limit = asNumber(body.limit) ?? 10
  const start = Number(body.after ?? 0)
  if (limit < 1 || limit > MOST_ROWS) throw badRequest(`limit must be between 1 and ${MOST_ROWS}`)
  if (!(start + limit <= MOST_HITS)) throw badRequest(`Paging goes no deeper than ${MOST_HITS} results`)

  const lagMs = portal.settings.searchLagMs
  const indexedAt = lagMs > 0 ? portal.clock() - lagMs : Number.POSITIVE_INFINITY
  const words = asText(body.query)?.toLowerCase() ?? ''
  const hits = [...portal.contacts.values()]
    .filter((contact) => contact.createdAt <= indexedAt)
    .filter((contact) => groups.length === 0 || groups.some((group) => matchesAll(contact, group, indexedAt)))
    .filter((contact) => QUERIED.some((name) => valueAsOf(contact, name, indexedAt).toLowerCase().includes(words)))
    .sort(orderBy(asList(body.sorts)[0], indexedAt))
  const end = start + limit
  const page = hits.slice(start, end)
  return {
    status: 200,
    body: {
      total: hits.length,
      results: page.map((contact) => renderContact(portal, contact, asTexts(body.properties))),
      ...(end < hits.length && { paging: { next: { after: String(end) } } }),
    },
    rows: page.length,
  }
}

function readGroups(portal: Portal, filterGroups: unknown): SearchFilter[][] {
  const groups = asList(filterGroups).map((group) => asList(asObject(group).filters))
  const filters = groups.reduce((total, group) => total + group.length, 0)
  if (groups.length > MOST_GROUPS || filters > MOST_FILTERS || groups.some((g) => g.length > MOST_FILTERS_PER_GROUP)) {
    throw badRequest(`At most ${MOST_GROUPS} groups of ${MOST_FILTERS_PER_GROUP} filters, ${MOST_FILTERS} in all`)
  }
  return groups.map((group) => group.map((filter) => readFilter(portal, filter)))
}

function matchesAll(contact: Contact, group: readonly SearchFilter[], at: number): boolean {
  return group.every((filter) => matchesFilter(filter, propertyValue(contact, filter.property.name, at)))
}

function valueAsOf(contact: Contact, name: string, at: number): string {
  return propertyValue(contact, name, at) ?? ''
}

/** A sort is a name, or `{propertyName, direction}`; without one the oldest contact comes first. */
function orderBy(sort: unknown, at: number): (a: Contact, b: Contact) => number {
  const name = asText(sort) ?? asText(asObject(sort).propertyName) ?? 'createdate'
  const sign = asObject(sort).direction === 'DESCENDING' ? -1 : 1
  return (a, b) => sign * valueAsOf(a, name, at).localeCompare(valueAsOf(b, name, at), 'en', { numeric: true })
}
