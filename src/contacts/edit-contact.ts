import { type Actor, recordEntry } from '../audit/index.ts'
import { type Db, transact } from '../db/index.ts'
import type { ContactsAnnouncements } from './announcements.ts'
import { type FoundContact, findContact } from './find-contact.ts'
import { type ContactChanges, setFields } from './set-fields.ts'

/**
 * A person sets fields of a contact (given as id, number or e-mail): `first_name`, `last_name`, `email`, `do_not_call`, or any
 * custom one, its memory and its tags; null empties a field. It is an edit in the contact's history, audited, and announced, so that
 * what rules write is decided again. Twice changes nothing. Throws 404 for an unknown contact, and `contact.invalid` (400) naming
 * every field that does not take its value.
 */
export async function editContact(
  deps: { db: Db; now: () => Date; next: ContactsAnnouncements; defaultCountry: string },
  input: ContactChanges & { contact: string; actor: Actor; reason: string },
): Promise<FoundContact> {
  const { db, defaultCountry } = deps
  const { contact, reason, ...changes } = input
  const { id } = await findContact(db, contact, defaultCountry)
  await transact(db, async (trx) => {
    const fields = await setFields(trx, deps, { ...changes, id })
    if (fields.length === 0) return
    await recordEntry(trx, {
      actor: input.actor,
      action: 'contact.edited',
      subject: { kind: 'contact', id: `contact_${id}` },
      after: { fields, reason },
    })
  })
  return findContact(db, `contact_${id}`, defaultCountry)
}
