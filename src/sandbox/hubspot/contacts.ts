import { rewrite } from '../rewrites.ts'
import { type Author, addRevision, type Revision, valueAt } from './history.ts'
import type { Portal } from './portal.ts'

export type Contact = {
  id: string
  createdAt: number
  updatedAt: number
  createdBy: Author
  /** Ids that were merged into this contact. */
  mergedIds: string[]
  /** The other e-mail addresses that a merge brought along. */
  additionalEmails: string[]
  /** Per property, newest first. */
  history: Map<string, Revision[]>
}

/** The contact of an id, also of one that a merge retired. */
export function findContact(portal: Portal, id: string): Contact | undefined {
  return portal.contacts.get(portal.aliases.get(id) ?? id)
}

export function findByUnique(portal: Portal, property: string, value: string): Contact | undefined {
  const id = portal.unique.get(property)?.get(uniqueKey(property, value))
  return id === undefined ? undefined : findContact(portal, id)
}

/** E-mails are unique without regard to case. */
export function uniqueKey(property: string, value: string): string {
  return property === 'email' ? value.trim().toLowerCase() : value.trim()
}

export function addContact(
  portal: Portal,
  createdBy: Author,
  at = portal.clock(),
  id = String(portal.nextId),
): Contact {
  portal.nextId = Math.max(portal.nextId, Number(id)) + 1
  const contact: Contact = {
    id,
    createdAt: at,
    updatedAt: at,
    createdBy,
    mergedIds: [],
    additionalEmails: [],
    history: new Map(),
  }
  portal.contacts.set(id, contact)
  portal.order.splice(placeOf(portal.order, id), 0, id)
  return contact
}

/**
 * Writes checked values and answers the names of the properties that changed: an equal value leaves no trace.
 * With `at` the revision takes its place in the past, and may not be the current one.
 */
export function changeContact(
  portal: Portal,
  contact: Contact,
  values: ReadonlyMap<string, string>,
  author: Author,
  at?: number,
): string[] {
  const changed: string[] = []
  for (const [name, given] of values) {
    const value = storedForm(portal, name, given)
    const revisions = contact.history.get(name) ?? []
    const before = revisions[0]?.value ?? ''
    if (value === (at === undefined ? before : (valueAt(revisions, at) ?? ''))) continue
    // Two writes within a millisecond keep their order.
    const moment = at ?? Math.max(portal.clock(), (revisions[0]?.at ?? 0) + 1)
    addRevision(revisions, { value, at: moment, author })
    contact.history.set(name, revisions)
    contact.updatedAt = Math.max(contact.updatedAt, moment)
    if (portal.properties.get(name)?.hasUniqueValue) indexUnique(portal, contact, name, before)
    changed.push(name)
  }
  return changed
}

function storedForm(portal: Portal, name: string, value: string): string {
  const flows = portal.settings.flows.filter(({ property, as }) => property === name && as === 'crm')
  return flows.reduce((text, { kind }) => rewrite(kind, text), value)
}

function indexUnique(portal: Portal, contact: Contact, name: string, before: string): void {
  const index = portal.unique.get(name) ?? new Map<string, string>()
  portal.unique.set(name, index)
  const now = contact.history.get(name)?.[0]?.value ?? ''
  if (before !== '') index.delete(uniqueKey(name, before))
  if (now !== '') index.set(uniqueKey(name, now), contact.id)
}

export function removeContact(portal: Portal, contact: Contact): void {
  portal.contacts.delete(contact.id)
  portal.order.splice(placeOf(portal.order, contact.id), 1)
}

/** Into the recycle bin; its unique values are free for others. */
export function archiveContact(portal: Portal, contact: Contact): void {
  removeContact(portal, contact)
  portal.archived.set(contact.id, contact)
  for (const [name, index] of portal.unique) {
    const value = uniqueKey(name, contact.history.get(name)?.[0]?.value ?? '')
    if (index.get(value) === contact.id) index.delete(value)
  }
}

/** Out of it again, as it was: by what is documented nothing about it counts as a change. */
export function restoreContact(portal: Portal, contact: Contact): void {
  portal.archived.delete(contact.id)
  portal.contacts.set(contact.id, contact)
  portal.order.splice(placeOf(portal.order, contact.id), 0, contact.id)
  for (const [name, index] of portal.unique) {
    const value = uniqueKey(name, contact.history.get(name)?.[0]?.value ?? '')
    if (value !== '' && !index.has(value)) index.set(value, contact.id)
  }
}

/** One page of contacts by ascending id, starting behind the id `after`. */
export function pageOfContacts(portal: Portal, after: string | undefined, limit: number): Contact[] {
  const place = after === undefined ? 0 : placeOf(portal.order, after)
  const start = after !== undefined && portal.order[place] === after ? place + 1 : place
  return portal.order.slice(start, start + limit).flatMap((id) => portal.contacts.get(id) ?? [])
}

/** Where the id stands, or would stand, among ids in ascending order of their numbers. */
function placeOf(order: readonly string[], id: string): number {
  let from = 0
  let to = order.length
  while (from < to) {
    const middle = (from + to) >> 1
    const other = order[middle] ?? ''
    if (other.length < id.length || (other.length === id.length && other < id)) from = middle + 1
    else to = middle
  }
  return from
}
