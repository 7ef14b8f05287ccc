import type { HttpRequest } from '../http.ts'
import { asList, asObject, asText } from '../json.ts'
import type { Answer } from '../request-log.ts'
import type { Portal } from './portal.ts'
import { customProperty, type Property, type PropertyDraft } from './properties.ts'
import { badRequest, Refusal } from './refusals.ts'

const NAME = /^[a-z][a-z0-9_]{0,99}$/
const MOST_UNIQUE = 10

/** What can be created; `phone_number`, `object_coordinates` and `json` cannot (crm.md 1.5). */
const FIELD_TYPES: Record<string, readonly string[]> = {
  string: ['text', 'textarea', 'phonenumber', 'html', 'file'],
  number: ['number'],
  bool: ['booleancheckbox'],
  date: ['date'],
  datetime: ['date'],
  enumeration: ['select', 'radio', 'checkbox', 'booleancheckbox'],
}

type Defined = Pick<Portal, 'properties'>

export function listProperties(portal: Defined): Answer {
  const results = [...portal.properties.values()]
  return { status: 200, body: { results }, rows: results.length }
}

export function getProperty(portal: Defined, { params }: HttpRequest): Answer {
  const property = portal.properties.get(params.name ?? '')
  if (!property) throw new Refusal(404, 'OBJECT_NOT_FOUND', `No property named '${params.name}' exists.`)
  return { status: 200, body: property, rows: 1 }
}

export function createProperty(portal: Defined, { body }: HttpRequest): Answer {
  const draft = readDraft(body)
  if (!asText(asObject(body).label) || !asText(asObject(body).groupName)) {
    throw badRequest('Invalid input JSON: `label` and `groupName` are required')
  }
  return { status: 201, body: defineProperty(portal, draft), rows: 1 }
}

export function readDraft(body: unknown): PropertyDraft {
  const { name, type, fieldType, label, groupName, description, hasUniqueValue, options } = asObject(body)
  return {
    name: asText(name) ?? '',
    type: asText(type) ?? '',
    fieldType: asText(fieldType) ?? '',
    ...(typeof label === 'string' && { label }),
    ...(typeof groupName === 'string' && { groupName }),
    ...(typeof description === 'string' && { description }),
    ...(Array.isArray(options) && { options: options.map(readOption) }),
    hasUniqueValue: hasUniqueValue === true,
  }
}

function readOption(given: unknown): { value: string; label?: string } {
  const { value, label } = asObject(given)
  if (typeof value !== 'string') throw badRequest('Invalid input JSON: every option needs a `value` of type string')
  return typeof label === 'string' ? { value, label } : { value }
}

/** Adds a custom property; a name that is taken answers 409, whatever its type. */
export function defineProperty(portal: Defined, draft: PropertyDraft): Property {
  const { name, type, fieldType } = draft
  if (!NAME.test(name)) throw badRequest(`"${name}" is not a valid property name`)
  if (!asList(FIELD_TYPES[type]).includes(fieldType)) {
    throw badRequest(`A property of type "${type}" cannot have the fieldType "${fieldType}"`)
  }
  if (portal.properties.has(name)) {
    const subCategory = 'Properties.PROPERTY_WITH_NAME_EXISTS'
    throw new Refusal(409, 'OBJECT_ALREADY_EXISTS', `A property named '${name}' already exists.`, { subCategory })
  }
  const unique = [...portal.properties.values()].filter((property) => property.hasUniqueValue)
  if (draft.hasUniqueValue && unique.length >= MOST_UNIQUE) {
    throw badRequest(`At most ${MOST_UNIQUE} properties of an object can have unique values`)
  }
  const property = customProperty(draft)
  portal.properties.set(name, property)
  return property
}
