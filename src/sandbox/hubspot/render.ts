import type { Contact } from './contacts.ts'
import { revisionToWire, valueAt } from './history.ts'
import { internationalDigits, nationalDigits } from './phones.ts'
import type { Portal } from './portal.ts'

/** Properties that HubSpot keeps by itself; nobody writes them and they have no history here. */
const SYSTEM_VALUES: Record<string, (contact: Contact, at: number) => string | undefined> = {
  hs_object_id: ({ id }) => id,
  createdate: ({ createdAt }) => new Date(createdAt).toISOString(),
  lastmodifieddate: (contact, at) => new Date(modifiedBy(contact, at)).toISOString(),
  hs_merged_object_ids: ({ mergedIds }) => mergedIds.join(';') || undefined,
  hs_additional_emails: ({ additionalEmails }) => additionalEmails.join(';') || undefined,
  hs_object_source: ({ createdBy }) => createdBy.sourceType,
  hs_object_source_id: ({ createdBy }) => createdBy.sourceId,
  hs_object_source_label: ({ createdBy }) => createdBy.sourceType,
  hs_searchable_calculated_phone_number: (contact, at) => phone(contact, 'phone', nationalDigits, at),
  hs_searchable_calculated_mobile_number: (contact, at) => phone(contact, 'mobilephone', nationalDigits, at),
  hs_searchable_calculated_international_phone_number: (contact, at) =>
    phone(contact, 'phone', internationalDigits, at),
  hs_searchable_calculated_international_mobile_number: (contact, at) =>
    phone(contact, 'mobilephone', internationalDigits, at),
}

/** When a contact had last changed by that moment: what the search index knows of it. */
function modifiedBy({ createdAt, updatedAt, history }: Contact, at: number): number {
  if (updatedAt <= at) return updatedAt
  const moments = [...history.values()].flatMap(
    (revisions) => revisions.find((revision) => revision.at <= at)?.at ?? [],
  )
  return Math.max(createdAt, ...moments)
}

const READ_WITHOUT_ASKING = ['createdate', 'hs_object_id', 'lastmodifieddate']
const READ_BY_DEFAULT = [...READ_WITHOUT_ASKING, 'email', 'firstname', 'lastname']

function phone(contact: Contact, name: string, digits: (phone: string) => string, at: number): string | undefined {
  return digits(valueAt(contact.history.get(name), at) ?? '') || undefined
}

/** A property's value as it was at that moment: undefined where it was never set, '' where it was cleared. */
export function propertyValue(contact: Contact, name: string, at = Number.POSITIVE_INFINITY): string | undefined {
  return SYSTEM_VALUES[name]?.(contact, at) ?? valueAt(contact.history.get(name), at)
}

export type WireContact = {
  id: string
  properties: Record<string, string | null>
  propertiesWithHistory?: Record<string, ReturnType<typeof revisionToWire>[]>
  createdAt: string
  updatedAt: string
  archived: false
  url: string
}

/** A contact as the object endpoints answer it. Names of no property are passed over, as HubSpot does on reads. */
export function renderContact(
  portal: Portal,
  contact: Contact,
  names: readonly string[],
  withHistory: readonly string[] = [],
): WireContact {
  const asked = names.length > 0 ? [...READ_WITHOUT_ASKING, ...names] : READ_BY_DEFAULT
  const shown = [...asked, ...withHistory].filter((name) => portal.properties.has(name))
  return {
    id: contact.id,
    properties: Object.fromEntries(shown.map((name) => [name, propertyValue(contact, name) ?? null])),
    ...(withHistory.length > 0 && { propertiesWithHistory: renderHistory(portal, contact, withHistory) }),
    createdAt: new Date(contact.createdAt).toISOString(),
    updatedAt: new Date(contact.updatedAt).toISOString(),
    archived: false,
    url: `https://app.hubspot.com/contacts/${portal.portalId}/record/0-1/${contact.id}`,
  }
}

function renderHistory(portal: Portal, contact: Contact, names: readonly string[]) {
  const { historyOff } = portal.settings
  const told = (name: string) => !historyOff.includes('*') && !historyOff.includes(name)
  return Object.fromEntries(
    names
      .filter((name) => portal.properties.has(name))
      .map((name) => [name, told(name) ? (contact.history.get(name) ?? []).map(revisionToWire) : []]),
  )
}

/** All that is set on a contact. */
export function allProperties(contact: Contact): Record<string, string> {
  const names = [...Object.keys(SYSTEM_VALUES), ...contact.history.keys()]
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = propertyValue(contact, name)
      return value === undefined ? [] : [[name, value]]
    }),
  )
}
