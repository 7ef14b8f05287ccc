import type { Db, Trx } from '../../db/index.ts'
import { AppError, notFound } from '../../errors.ts'
import { toE164 } from '../numbers.ts'
import { contactIdIn } from './list-contacts.ts'
import { selectListed, type Wanted } from './list-store.ts'
import type { ListedContact } from './listed-contact.ts'

const one = { limit: 1, isNewestFirst: true, after: null, skip: 0 }

/** A contact by its id (`contact_12`). Throws `contact.not_found` (404), also for one without a number. */
export async function getContact(db: Db | Trx, id: string): Promise<ListedContact> {
  const wanted = contactIdIn(id)
  const contact = wanted === undefined ? undefined : await first(db, { ids: [wanted] })
  if (contact === undefined) throw notFound('contact', id)
  return contact
}

/** A contact by its number in any format. Throws `contact.bad_number` (400) for none, and `contact.not_found` (404). */
export async function getContactByNumber(db: Db, text: string, defaultCountry: string): Promise<ListedContact> {
  const contact = await first(db, { number: requireNumber(text, defaultCountry) })
  if (contact === undefined)
    throw new AppError('contact.not_found', 'skip', 'no contact has this number', { status: 404 })
  return contact
}

/** The number as E.164. Throws `contact.bad_number` (400). Pure. */
export function requireNumber(text: string, defaultCountry: string): string {
  const number = toE164(text, defaultCountry)
  if (number !== null) return number
  const message = 'phone_number cannot be read: expected E.164, such as +14155550132'
  throw new AppError('contact.bad_number', 'skip', message, { status: 400 })
}

async function first(db: Db | Trx, wanted: Wanted): Promise<ListedContact | undefined> {
  return (await selectListed(db, wanted, one))[0]
}
