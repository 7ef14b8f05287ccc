import { oneOf } from '../admin-routes.ts'
import { asList, asNumber, asObject, asText, type JsonObject } from '../json.ts'

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
  'formula',
] as const

export type FieldKind = (typeof FIELD_KINDS)[number]

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
  /** Of a picklist; a value that is not active any more is refused like an unknown one. */
  values?: readonly (string | { value: string; label?: string; active?: boolean })[]
  /** Whether a picklist takes its values only; true unless given. */
  restricted?: boolean
  externalId?: boolean
  unique?: boolean
  /** What a lookup refers to. */
  referenceTo?: string
  trackHistory?: boolean
  /** Whether field-level security lets the integration user read it only. */
  readOnly?: boolean
}

/** Reads the draft that a JSON body gives. */
export function readFieldDraft(given: JsonObject): FieldDraft {
  const numbers = ['length', 'precision', 'scale'].flatMap((name) => pair(name, asNumber(given[name])))
  const flags = ['restricted', 'externalId', 'unique', 'trackHistory', 'readOnly'].flatMap((name) =>
    pair(name, typeof given[name] === 'boolean' ? given[name] : undefined),
  )
  const texts = ['label', 'referenceTo'].flatMap((name) => pair(name, asText(given[name])))
  return {
    ...asObject(Object.fromEntries([...numbers, ...flags, ...texts])),
    name: asText(given.name) ?? '',
    kind: oneOf(FIELD_KINDS, given.kind, 'kind'),
    ...(given.values !== undefined && { values: asList(given.values).map(readPicklistValue) }),
  }
}

function readPicklistValue(given: unknown): string | { value: string; label?: string; active?: boolean } {
  const { value, label, active } = asObject(given)
  if (typeof value !== 'string') return String(given)
  return { value, ...(typeof label === 'string' && { label }), ...(typeof active === 'boolean' && { active }) }
}

function pair(name: string, value: string | number | boolean | undefined): [string, string | number | boolean][] {
  return value === undefined ? [] : [[name, value]]
}
