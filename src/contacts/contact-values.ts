import type { Db, Trx } from '../db/index.ts'
import { fieldsOf, heldIn } from './contact-fields.ts'
import { toContact } from './contact-store.ts'

/** What these contacts hold, by the names of their fields. */
export async function contactValues(db: Db | Trx, ids: number[]): Promise<Map<number, Map<string, unknown>>> {
  if (ids.length === 0) return new Map()
  const rows = await db.selectFrom('contacts').selectAll().where('id', 'in', ids).execute()
  return new Map(
    rows.map(toContact).map((contact) => {
      const names = [...fieldsOf(contact), 'number']
      return [contact.id, new Map(names.map((name) => [name, heldIn(contact, name)]))]
    }),
  )
}
