import type { HttpRequest } from '../http.ts'
import { asObject, asText } from '../json.ts'
import type { Answer } from '../request-log.ts'
import { badRequest, Refusal } from './refusals.ts'

/** `POST /crm/v3/properties/{object}/groups` (SPEC `v3/properties.json`): `name` and `label` are required, a taken name is a 409. */
export function createGroup(groups: Set<string>, { body }: HttpRequest): Answer {
  const { name: given, label } = asObject(body)
  const name = asText(given)
  if (!name || !asText(label)) throw badRequest('Invalid input JSON: `name` and `label` are required')
  if (groups.has(name)) {
    throw new Refusal(409, 'OBJECT_ALREADY_EXISTS', `A property group named '${name}' already exists.`)
  }
  groups.add(name)
  return { status: 201, body: { name, label, displayOrder: -1, archived: false }, rows: 1 }
}

/** A property is refused in a group that is none; without any it is refused for that. */
export function requireGroup(groups: Set<string>, body: unknown): void {
  const name = asText(asObject(body).groupName)
  if (name && !groups.has(name)) throw badRequest(`Property group ${name} does not exist`)
}
