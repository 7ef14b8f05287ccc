import { isDeepStrictEqual } from 'node:util'
import type { ScannedRecord } from '../crm/index.ts'
import type { Trx } from '../db/index.ts'
import { announceChanges } from './announce-changes.ts'
import type { ContactsAnnouncements } from './announcements.ts'
import { type Contact, insertUnnumbered, lockContacts } from './contact-store.ts'
import { ensureContacts } from './ensure-contacts.ts'
import { updateRecordContacts } from './import-store.ts'
import { keepEdits } from './keep-edits.ts'
import { selectNamers } from './key-store.ts'
import type { ImportPlan } from './plan-imports.ts'
import type { RecordKey } from './record-keys.ts'
import { saveContacts } from './save-contacts.ts'

type Seen = { id: number; contactId: number | null; record: ScannedRecord; keys: RecordKey[]; wasErased: boolean }

/**
 * Makes sure that every number of these records is a contact, that a record without one has a contact of its own, and that
 * contacts carry the names of their record; of several on one number, the first we knew. A record that has only
 * numbers of people who were erased makes no contact and names none. What a person, or a rule, has put into a contact since stays
 * (`keepEdits`). Returns the records that changed a contact or got another.
 */
export async function importContacts(
  trx: Trx,
  next: ContactsAnnouncements,
  { plan, at }: { plan: ImportPlan; at: Date },
  all: Seen[],
): Promise<Set<number>> {
  const seen = all.filter((each) => !each.wasErased || numbersOf(each).length > 0)
  const numbers = [...new Set(seen.flatMap(numbersOf))]
  const byNumber = await ensureContacts(trx, numbers)
  const lonely = seen.filter((each) => numbersOf(each).length === 0 && each.contactId === null)
  const own = await insertUnnumbered(trx, lonely.length)
  const ownOf = new Map(lonely.map((each, index) => [each.id, own[index]]))
  const contactOf = (each: Seen) => byNumber.get(numbersOf(each)[0] ?? '') ?? ownOf.get(each.id) ?? each.contactId

  const moved = seen.flatMap((each) => {
    const contactId = contactOf(each)
    return contactId === null || contactId === each.contactId ? [] : [{ recordId: each.id, contactId }]
  })
  await updateRecordContacts(trx, moved)

  const namers = await selectNamers(trx, plan, numbers)
  const named = new Map<number, Seen>()
  for (const each of seen) {
    const itsNumbers = numbersOf(each)
    for (const number of itsNumbers) {
      const contactId = byNumber.get(number)
      if (contactId !== undefined && namers.get(number) === each.id) named.set(contactId, each)
    }
    const contactId = contactOf(each)
    if (itsNumbers.length === 0 && contactId !== null) named.set(contactId, each)
  }
  const before = await lockContacts(trx, [...named.keys()])
  const wanted = before.flatMap((contact) => {
    const by = named.get(contact.id)
    if (by === undefined) return []
    const after = withNames(contact, by, plan)
    const { changedAt } = by.record
    return isDeepStrictEqual(after, contact) ? [] : [{ before: contact, after, changedAt, recordId: by.id }]
  })
  const changed = await keepEdits(trx, plan.connection, wanted)
  await announceChanges(trx, next, await saveContacts(trx, changed, { author: 'import', actor: plan.connection, at }))
  return new Set([...moved.map((each) => each.recordId), ...changed.map((each) => each.recordId)])
}

function numbersOf({ keys }: Seen): string[] {
  return [...new Set(keys.flatMap(({ kind, key }) => (kind === 'number' ? [key] : [])))]
}

/** A contact with what its record says of the person. Do-not-call is set by a CRM and never cleared by one. */
function withNames(contact: Contact, { record, keys }: Seen, plan: ImportPlan): Contact {
  const after = { ...contact, fields: { ...contact.fields } }
  const email = keys.find((key) => key.kind === 'email')
  if (email) after.email = email.key
  for (const [field, crmField] of Object.entries(plan.import)) {
    const value = record.values[crmField]?.trim() || null
    if (field === 'first_name') after.firstName = value
    else if (field === 'last_name') after.lastName = value
    else if (field === 'do_not_call') after.doNotCall ||= value === 'true'
    else after.fields[field] = value
  }
  return after
}
