import type { Selectable } from 'kysely'
import type { Database, Db, Trx } from '../db/index.ts'
import { notFound } from '../errors.ts'

/** Our record of a person. */
export type Contact = {
  id: number
  number: string | null
  email: string | null
  firstName: string | null
  lastName: string | null
  doNotCall: boolean
  fields: Record<string, unknown>
}

export function toContact(row: Selectable<Database['contacts']>): Contact {
  return {
    id: row.id,
    number: row.number,
    email: row.email,
    firstName: row.first_name,
    lastName: row.last_name,
    doNotCall: row.do_not_call,
    fields: row.fields,
  }
}

export async function selectContactIds(db: Db | Trx, numbers: string[]): Promise<Map<string, number>> {
  if (numbers.length === 0) return new Map()
  const rows = await db.selectFrom('contacts').select(['id', 'number']).where('number', 'in', numbers).execute()
  return new Map(rows.flatMap(({ id, number }) => (number === null ? [] : [[number, id]])))
}

/** Adds a contact for each number that has none; another process may have been faster. */
export async function insertContacts(trx: Trx, numbers: string[]): Promise<void> {
  await trx
    .insertInto('contacts')
    .values(numbers.map((number) => ({ number })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Adds the contact of a number; undefined where it has one, or somebody else is adding it and was faster. */
export async function insertContact(trx: Trx, number: string): Promise<number | undefined> {
  const row = await trx
    .insertInto('contacts')
    .values({ number })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  return row?.id
}

/** Removes a contact and its record of our own. Throws `contact.not_found` (404) where somebody was faster. */
export async function removeContact(trx: Trx, id: number): Promise<void> {
  const gone = await trx.deleteFrom('contacts').where('id', '=', id).returning('id').executeTakeFirst()
  if (!gone) throw notFound('contact', `contact_${id}`)
}

/** Adds so many contacts that no number names. */
export async function insertUnnumbered(trx: Trx, count: number): Promise<number[]> {
  if (count === 0) return []
  const rows = await trx
    .insertInto('contacts')
    .values(Array.from({ length: count }, () => ({ number: null })))
    .returning('id')
    .execute()
  return rows.map((row) => row.id)
}

/**
 * Reads contacts and holds them against other changes until the transaction ends. Not against whoever only refers to them: each
 * record and conversation of a contact does.
 */
export async function lockContacts(trx: Trx, ids: number[]): Promise<Contact[]> {
  if (ids.length === 0) return []
  const rows = await trx
    .selectFrom('contacts')
    .selectAll()
    .where('id', 'in', ids)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
  return rows.map(toContact)
}
