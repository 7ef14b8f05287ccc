import type { HttpRequest } from '../http.ts'
import { asObject, asText, asTexts } from '../json.ts'
import type { Answer } from '../request-log.ts'
import { shuffled } from '../seeded-random.ts'
import { readBatch } from './batch-input.ts'
import { type Contact, findByUnique, findContact, pageOfContacts } from './contacts.ts'
import type { Portal } from './portal.ts'
import { badRequest, Refusal } from './refusals.ts'
import { renderContact } from './render.ts'
import { missingError } from './write-failures.ts'

const MOST_ROWS = 100
const MOST_ROWS_WITH_HISTORY = 50

export function batchRead(portal: Portal, request: HttpRequest): Answer {
  const body = asObject(request.body)
  const names = asTexts(body.properties)
  const withHistory = asTexts(body.propertiesWithHistory)
  const inputs =
    withHistory.length > 0
      ? readBatch(body, MOST_ROWS_WITH_HISTORY, 'request for property histories')
      : readBatch(body, MOST_ROWS)
  const ids = inputs.map((input) => asText(asObject(input).id) ?? '')
  const found = new Set<Contact>()
  const missing: string[] = []
  for (const id of ids) {
    const contact = find(portal, id, asText(body.idProperty))
    if (contact) found.add(contact)
    else missing.push(id)
  }
  const errors = missing.length > 0 && portal.settings.missingIds === 'reported' ? [missingError(missing)] : []
  const now = new Date(portal.clock()).toISOString()
  return {
    status: errors.length > 0 ? 207 : 200,
    body: {
      completedAt: now,
      status: 'COMPLETE',
      startedAt: now,
      results: shuffled(portal.random, [...found]).map((contact) => renderContact(portal, contact, names, withHistory)),
      ...(errors.length > 0 && { errors, numErrors: errors.length }),
    },
    rows: ids.length,
    ...(withHistory.length > 0 && { historyRows: ids.length }),
  }
}

export function getContact(portal: Portal, { params, query }: HttpRequest): Answer {
  const contact = find(portal, params.id ?? '', query.get('idProperty') ?? undefined)
  if (!contact) throw new Refusal(404, 'OBJECT_NOT_FOUND', 'resource not found')
  const withHistory = listOf(query, 'propertiesWithHistory')
  return {
    status: 200,
    body: renderContact(portal, contact, listOf(query, 'properties'), withHistory),
    rows: 1,
    ...(withHistory.length > 0 && { historyRows: 1 }),
  }
}

export function listContacts(portal: Portal, { query }: HttpRequest): Answer {
  const withHistory = listOf(query, 'propertiesWithHistory')
  const most = withHistory.length > 0 ? MOST_ROWS_WITH_HISTORY : MOST_ROWS
  const limit = Number(query.get('limit') ?? 10)
  if (!Number.isInteger(limit) || limit < 1 || limit > most) throw badRequest(`limit must be between 1 and ${most}`)
  // One more than asked for tells whether there is a next page.
  const contacts = pageOfContacts(portal, query.get('after') ?? undefined, limit + 1)
  const page = contacts.slice(0, limit)
  const after = contacts.length > limit ? page.at(-1)?.id : undefined
  return {
    status: 200,
    body: {
      results: page.map((contact) => renderContact(portal, contact, listOf(query, 'properties'), withHistory)),
      ...(after !== undefined && { paging: { next: { after, link: `?limit=${limit}&after=${after}` } } }),
    },
    rows: page.length,
    ...(withHistory.length > 0 && { historyRows: page.length }),
  }
}

function find(portal: Portal, id: string, idProperty: string | undefined): Contact | undefined {
  if (idProperty === undefined || idProperty === 'hs_object_id') return findContact(portal, id)
  if (portal.properties.get(idProperty)?.hasUniqueValue) return findByUnique(portal, idProperty, id)
  throw badRequest(`Property ${idProperty} is not unique and cannot be an idProperty`)
}

/** Lists come as `a,b` or as the parameter repeated. */
function listOf(query: URLSearchParams, name: string): string[] {
  return query.getAll(name).flatMap((value) => value.split(',').filter((part) => part !== ''))
}
