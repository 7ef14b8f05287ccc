import { z } from 'zod'
import type { FieldDraft, FieldKind, FieldMade } from '../contract.ts'
import type { HubspotClient } from './client.ts'
import { HubspotError } from './errors.ts'
import { toField } from './mapper.ts'
import { propertySchema, type WireProperty } from './wire.ts'

const group = { name: 'afterword', label: 'Afterword', displayOrder: -1 }

const types: Record<Exclude<FieldKind, 'text'>, { type: string; fieldType: string }> = {
  number: { type: 'number', fieldType: 'number' },
  boolean: { type: 'bool', fieldType: 'booleancheckbox' },
  date: { type: 'date', fieldType: 'date' },
  datetime: { type: 'datetime', fieldType: 'date' },
  choice: { type: 'enumeration', fieldType: 'select' },
  choices: { type: 'enumeration', fieldType: 'checkbox' },
}

/** A checkbox has exactly these (recorded, crm.md 1.5). */
const yesNo = [
  { value: 'true', label: 'Yes' },
  { value: 'false', label: 'No' },
]

/**
 * Creates a property in a group of ours. A name that is taken is compared and left as it is, so a creation whose answer was lost is
 * simply asked again. Throws `HubspotError` for what is no matter of this property.
 */
export async function createField(client: HubspotClient, draft: FieldDraft): Promise<FieldMade> {
  const path = `/crm/v3/properties/${encodeURIComponent(draft.object)}`
  try {
    await client.ask(z.unknown(), 'POST', `${path}/groups`, group).catch(unlessTaken)
    const made = await client.ask(propertySchema, 'POST', path, bodyOf(draft)).catch(unlessTaken)
    // HubSpot brings an archived property of the name back as it was, of another type too.
    if (made) return compare(draft, made, 'created')
    return compare(draft, await client.ask(propertySchema, 'GET', `${path}/${encodeURIComponent(draft.name)}`), 'there')
  } catch (error) {
    if (!(error instanceof HubspotError) || error.kind !== 'refused') throw error
    return { outcome: 'refused', why: error.detail.words ?? error.message }
  }
}

function unlessTaken(error: unknown): null {
  if (error instanceof HubspotError && error.detail.status === 409) return null
  throw error
}

function bodyOf({ name, label, description, kind, isLong, options, isUnique }: FieldDraft) {
  const type = kind === 'text' ? { type: 'string', fieldType: isLong ? 'textarea' : 'text' } : types[kind]
  const listed = kind === 'boolean' ? yesNo : (options ?? []).map((value) => ({ value, label: value }))
  return {
    name,
    label,
    description,
    groupName: group.name,
    ...type,
    ...(isUnique && { hasUniqueValue: true }),
    ...(listed.length > 0 && {
      options: listed.map((option, displayOrder) => ({ ...option, displayOrder, hidden: false })),
    }),
  }
}

/** Options that we do not write are no matter of ours. */
function compare(draft: FieldDraft, property: WireProperty, outcome: 'created' | 'there'): FieldMade {
  const { kind, unique, options } = toField(property)
  const other = (how: string): FieldMade => ({
    outcome: 'refused',
    why: `there is a property of this name already, ${how}`,
  })
  if (kind !== draft.kind) return other(`and it is ${property.type} (${property.fieldType})`)
  // Can be set at creation only (crm.md 1.5).
  if (draft.isUnique && !unique) return other('without unique values')
  const lacking = options === null ? [] : (draft.options ?? []).filter((option) => !options.includes(option))
  if (lacking.length > 0)
    return other(`without the options ${lacking.map((option) => `"${option}"`).join(', ')}: add them`)
  return { outcome }
}
