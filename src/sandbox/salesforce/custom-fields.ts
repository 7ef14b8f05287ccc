import { oneOf } from '../admin-routes.ts'
import { asList, asNumber, asObject, asText, type JsonObject } from '../json.ts'
import { badOrder } from '../refusal.ts'
import { type Field, type FieldType, field, picklistValues, reference } from './fields.ts'
import type { Org } from './org.ts'
import { objectOf } from './records.ts'

/** The kinds of field that a Salesforce admin picks from. */
const FIELD_KINDS = [
  'text',
  'textarea',
  'long_textarea',
  'number',
  'currency',
  'percent',
  'checkbox',
  'date',
  'datetime',
  'picklist',
  'multipicklist',
  'phone',
  'email',
  'url',
  'lookup',
] as const

type FieldKind = (typeof FIELD_KINDS)[number]

/** What the definition of a custom field has to say; all else has Salesforce's defaults. */
export type FieldDraft = {
  /** Such as `Last_Sentiment__c`. */
  name: string
  kind: FieldKind
  label?: string
  /** 255 of a text and 32,768 of a long text area unless given. */
  length?: number
  /** Digits in all, 18 unless given, and of them behind the point, none unless given. */
  precision?: number
  scale?: number
  values?: readonly string[]
  /** Whether a picklist takes its values only; true unless given. */
  restricted?: boolean
  externalId?: boolean
  unique?: boolean
  /** What a lookup refers to. */
  referenceTo?: string
  trackHistory?: boolean
}

const NAME = /^[A-Za-z]\w{0,38}[A-Za-z0-9]__c$/
const LONGEST = { text: 255, long: 131_072 }

/** Adds a custom field to an object; on `Task` it is the custom field of activities. */
export function defineField(org: Org, type: string, draft: FieldDraft): Field {
  const object = objectOf(org, type)
  if (!object?.writable) throw badOrder(`there is no object ${type} that takes custom fields`)
  if (!NAME.test(draft.name)) throw badOrder(`"${draft.name}" is not the name of a custom field`)
  if (object.fields.has(draft.name.toLowerCase())) throw badOrder(`there is already a field ${draft.name}`, 409)
  const made = customField(draft)
  object.fields.set(draft.name.toLowerCase(), made)
  return made
}

function customField(draft: FieldDraft): Field {
  const { name, kind, label = name.replace(/__c$/, '').replaceAll('_', ' '), trackHistory = true } = draft
  const shared: Partial<Field> = { custom: true, trackHistory, ...lengthOf(draft) }
  if (kind === 'lookup') {
    const relationshipName = name.replace(/__c$/, '__r')
    return reference(name, label, [draft.referenceTo ?? 'Account'], { ...shared, length: 18, relationshipName })
  }
  if (kind === 'number' || kind === 'currency' || kind === 'percent') {
    const { precision = 18, scale = kind === 'currency' ? 2 : 0 } = draft
    return field(name, label, kind === 'number' ? 'double' : kind, { ...shared, precision, scale })
  }
  const isKey = draft.externalId ?? false
  return field(name, label, TYPES[kind], {
    ...shared,
    externalId: isKey,
    idLookup: isKey,
    unique: draft.unique ?? isKey,
    picklistValues: picklistValues(draft.values ?? []),
    restrictedPicklist: (kind === 'picklist' || kind === 'multipicklist') && (draft.restricted ?? true),
  })
}

const TYPES: Record<Exclude<FieldKind, 'lookup' | 'number' | 'currency' | 'percent'>, FieldType> = {
  text: 'string',
  textarea: 'textarea',
  long_textarea: 'textarea',
  checkbox: 'boolean',
  date: 'date',
  datetime: 'datetime',
  picklist: 'picklist',
  multipicklist: 'multipicklist',
  phone: 'phone',
  email: 'email',
  url: 'url',
}

function lengthOf({ kind, length }: FieldDraft): { length: number } {
  switch (kind) {
    case 'text':
    case 'textarea':
      if ((length ?? 255) > LONGEST.text) throw badOrder(`a ${kind} field holds at most ${LONGEST.text} characters`)
      return { length: length ?? 255 }
    case 'long_textarea':
      if ((length ?? 32_768) <= 255 || (length ?? 0) > LONGEST.long) {
        throw badOrder(`a long text area holds between 256 and ${LONGEST.long} characters`)
      }
      return { length: length ?? 32_768 }
    case 'picklist':
    case 'url':
      return { length: 255 }
    case 'multipicklist':
      return { length: 4_099 }
    case 'phone':
      return { length: 40 }
    case 'email':
      return { length: 80 }
    default:
      return { length: 0 }
  }
}

export function readFieldDraft(given: JsonObject): FieldDraft {
  const numbers = ['length', 'precision', 'scale'].flatMap((name) => pair(name, asNumber(given[name])))
  const flags = ['restricted', 'externalId', 'unique', 'trackHistory'].flatMap((name) =>
    pair(name, typeof given[name] === 'boolean' ? given[name] : undefined),
  )
  const texts = ['label', 'referenceTo'].flatMap((name) => pair(name, asText(given[name])))
  return {
    ...asObject(Object.fromEntries([...numbers, ...flags, ...texts])),
    name: asText(given.name) ?? '',
    kind: oneOf(FIELD_KINDS, given.kind, 'kind'),
    ...(given.values !== undefined && { values: asList(given.values).map(String) }),
  }
}

function pair(name: string, value: string | number | boolean | undefined): [string, string | number | boolean][] {
  return value === undefined ? [] : [[name, value]]
}
