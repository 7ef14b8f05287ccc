import type { Operation } from './operation.ts'
import { Refusal } from './refusals.ts'

/** What a token may do unless told otherwise. */
export const ALL_SCOPES = [
  'crm.objects.contacts.read',
  'crm.objects.contacts.write',
  'crm.schemas.contacts.read',
  'crm.schemas.contacts.write',
]

/**
 * The scope that an operation asks for, by its path: records and their properties have a reading and a writing one each. A search
 * and a batch read are POSTs that only read. Activities on a contact's timeline have no scopes of their own: they go by those of
 * contacts (inferred from HubSpot's pages about engagements, not checked against a live account).
 */
export function scopeOf({ method, path }: Pick<Operation, 'method' | 'path'>): string | null {
  const [, kind] = /^\/crm\/v3\/(objects|properties)\//.exec(path) ?? []
  if (!kind) return null
  const reads = method === 'GET' || /\/(batch\/read|search)$/.test(path)
  return `crm.${kind === 'objects' ? 'objects' : 'schemas'}.contacts.${reads ? 'read' : 'write'}`
}

/** The 403 as recorded in HubSpot/hubspot-api-nodejs #50 and #268, with the granular names. */
export function missingScope(scope: string): Refusal {
  const message =
    "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: https://developers.hubspot.com/scopes."
  const detail = {
    message: 'One or more of the following scopes are required.',
    context: { requiredGranularScopes: [scope] },
  }
  return new Refusal(403, 'MISSING_SCOPES', message, {
    errors: [detail],
    links: { scopes: 'https://developers.hubspot.com/scopes' },
  })
}
