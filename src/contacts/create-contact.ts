import { type Actor, recordEntry } from '../audit/index.ts'
import { type Db, shareUntilEnd, transact } from '../db/index.ts'
import { AppError } from '../errors.ts'
import type { ContactsAnnouncements } from './announcements.ts'
import { insertContact } from './contact-store.ts'
import { erasureLock, selectForgotten } from './forgotten-store.ts'
import { getContact, requireNumber } from './list/get-contact.ts'
import type { ListedContact } from './list/listed-contact.ts'
import { type ContactChanges, setFields } from './set-fields.ts'

/**
 * A person adds a contact of a number, in any format, with what they know of it: edits in its history. Audited. Of two who add one number at once, one
 * is told that it exists. Throws 400: `contact.bad_number`, `contact.exists`, `contact.invalid` as `editContact` does, and
 * `contact.erased` for the number of somebody who was erased, whom nothing brings back.
 */
export async function createContact(
  deps: { db: Db; now: () => Date; next: ContactsAnnouncements; defaultCountry: string },
  input: ContactChanges & { number: string; actor: Actor; reason: string },
): Promise<ListedContact> {
  const { number: text, reason, ...changes } = input
  const number = requireNumber(text, deps.defaultCountry)
  return transact(deps.db, async (trx) => {
    await shareUntilEnd(trx, erasureLock)
    const key = { kind: 'number', key: number } as const
    if ((await selectForgotten(trx, [key]))(key)) throw erased()
    const id = await insertContact(trx, number)
    if (id === undefined) throw exists(number)
    const fields = await setFields(trx, deps, { ...changes, id })
    await recordEntry(trx, {
      actor: input.actor,
      action: 'contact.created',
      subject: { kind: 'contact', id: `contact_${id}` },
      after: { fields, reason },
    })
    return getContact(trx, `contact_${id}`)
  })
}

/** In the source product's words; the number is the caller's own. */
function exists(number: string): AppError {
  const message = `A contact with phone number ${number} already exists.`
  return new AppError('contact.exists', 'skip', message, { status: 400 })
}

function erased(): AppError {
  const message = 'the person of this number was erased: nothing takes the number in again'
  return new AppError('contact.erased', 'skip', message, { status: 400 })
}
