import { addContact, type Contact, changeContact, removeContact, uniqueKey } from './contacts.ts'
import { type Author, addRevision } from './history.ts'
import type { Portal } from './portal.ts'

const MERGE: Author = { sourceType: 'MERGE_OBJECTS', sourceId: 'userId:12345', updatedByUserId: 12345 }

/**
 * Makes one new contact of two: a new id, for which both old ids go on to answer. The primary's values win,
 * the other's fill what the primary never had, and both histories are kept.
 */
export function mergeContacts(portal: Portal, primary: Contact, other: Contact): Contact {
  const createdAt = Math.min(primary.createdAt, other.createdAt)
  const merged = addContact(portal, primary.createdBy, createdAt)
  merged.updatedAt = portal.clock()
  merged.mergedIds = [...primary.mergedIds, primary.id, ...other.mergedIds, other.id]
  for (const name of new Set([...primary.history.keys(), ...other.history.keys()])) {
    joinHistories(portal, merged, name, primary, other)
  }
  merged.additionalEmails = emailsOf(primary, other).filter((email) => email !== current(merged, 'email'))
  for (const old of [primary, other]) {
    removeContact(portal, old)
    portal.aliases.set(old.id, merged.id)
  }
  for (const [retired, survivor] of portal.aliases) {
    if (survivor === primary.id || survivor === other.id) portal.aliases.set(retired, merged.id)
  }
  keepUnique(portal, merged, primary, other)
  return merged
}

function joinHistories(portal: Portal, merged: Contact, name: string, primary: Contact, other: Contact): void {
  const wanted = current(primary, name) || current(other, name)
  const revisions = [primary, other].flatMap((contact) => contact.history.get(name) ?? [])
  const joined: typeof revisions = []
  for (const revision of revisions.sort((a, b) => a.at - b.at)) addRevision(joined, revision)
  merged.history.set(name, joined)
  changeContact(portal, merged, new Map([[name, wanted]]), MERGE)
}

/** Every unique value of either contact finds the merged one, the additional e-mails too. */
function keepUnique(portal: Portal, merged: Contact, ...olds: Contact[]): void {
  for (const [name, index] of portal.unique) {
    for (const old of olds) {
      const value = current(old, name)
      if (value !== '') index.set(uniqueKey(name, value), merged.id)
    }
  }
}

function emailsOf(...contacts: Contact[]): string[] {
  const emails = contacts.flatMap((contact) => [current(contact, 'email'), ...contact.additionalEmails])
  return [...new Set(emails.filter((email) => email !== ''))]
}

function current(contact: Contact, name: string): string {
  return contact.history.get(name)?.[0]?.value ?? ''
}
