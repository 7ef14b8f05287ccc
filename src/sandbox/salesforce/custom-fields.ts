import { badOrder } from '../refusal.ts'
import type { FieldDraft, FieldKind } from './field-draft.ts'
import { type Field, type FieldType, field, type PicklistValue, reference, system } from './fields.ts'
import type { Org } from './org.ts'
import { objectOf } from './records.ts'

const NAME = /^[A-Za-z]\w{0,38}[A-Za-z0-9]__c$/
const LONGEST = { text: 255, long: 131_072 }

/** Adds a custom field to an object; on `Task` it is the custom field of activities. */
export function defineField(org: Org, type: string, draft: FieldDraft): Field {
  const object = objectOf(org, type)
  if (!object?.writable) throw badOrder(`there is no object ${type} that takes custom fields`)
  if (!NAME.test(draft.name)) throw badOrder(`"${draft.name}" is not the name of a custom field`)
  if (object.fields.has(draft.name.toLowerCase())) throw badOrder(`there is already a field ${draft.name}`, 409)
  const made = draft.readOnly || draft.kind === 'formula' ? system(customField(draft)) : customField(draft)
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
    picklistValues: (draft.values ?? []).map(picklistValue),
    calculated: kind === 'formula',
    restrictedPicklist: (kind === 'picklist' || kind === 'multipicklist') && (draft.restricted ?? true),
  })
}

function picklistValue(given: string | { value: string; label?: string; active?: boolean }): PicklistValue {
  const { value, label = value, active = true } = typeof given === 'string' ? { value: given } : given
  return { active, value, label, defaultValue: false, validFor: null }
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
  formula: 'string',
}

function lengthOf({ kind, length }: FieldDraft): { length: number } {
  switch (kind) {
    case 'text':
    case 'textarea':
    case 'formula':
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
