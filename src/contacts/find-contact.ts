import type { Db } from '../db/index.ts'
import { AppError } from '../errors.ts'
import type { Contact } from './contact-store.ts'
import {
  type ContactRecord,
  selectContact,
  selectContactRecords,
  selectIdsByEmail,
  selectIdsByNumber,
} from './find-store.ts'
import { ownConnection } from './local/own-schema.ts'
import { toE164 } from './numbers.ts'

/**
 * A contact, the CRM records that are the same person today (on a shared number there are several), and the record that it is
 * of our own connection.
 */
export type FoundContact = Contact & { records: ContactRecord[]; ownRecords: ContactRecord[] }

/**
 * Finds a contact by what a person would type: `contact_12`, a number in any format, or an e-mail. Throws
 * `contact.not_found` (404), and `contact.ambiguous` (409, naming the ids) where several contacts have the e-mail.
 */
export async function findContact(db: Db, wanted: string, defaultCountry: string): Promise<FoundContact> {
  const [id, ...others] = await findIds(db, wanted.trim(), defaultCountry)
  if (others.length > 0) throw ambiguous([id, ...others].map((each) => `contact_${each}`))
  const contact = id === undefined ? undefined : await selectContact(db, id)
  if (contact === undefined) throw nobody()
  const all = await selectContactRecords(db, contact)
  const isOwn = ({ connection }: ContactRecord) => connection === ownConnection
  return { ...contact, records: all.filter((record) => !isOwn(record)), ownRecords: all.filter(isOwn) }
}

async function findIds(db: Db, wanted: string, defaultCountry: string): Promise<number[]> {
  const [, id] = /^contact_(\d{1,15})$/.exec(wanted) ?? []
  if (id !== undefined) return [Number(id)]
  if (wanted.includes('@')) return selectIdsByEmail(db, wanted.toLowerCase())
  const number = toE164(wanted, defaultCountry)
  return number === null ? [] : selectIdsByNumber(db, number)
}

function ambiguous(ids: string[]): AppError {
  return new AppError('contact.ambiguous', 'skip', `several contacts have this e-mail; ask by id: ${ids.join(', ')}`, {
    status: 409,
    facts: { contactIds: ids },
  })
}

function nobody(): AppError {
  const message = 'no contact has this id, number or e-mail'
  return new AppError('contact.not_found', 'skip', message, { status: 404 })
}
