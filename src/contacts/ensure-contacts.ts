import type { Trx } from '../db/index.ts'
import { insertContacts, selectContactIds } from './contact-store.ts'

/** Makes sure of a contact for each number (E.164), known or new, and answers with its id. Twice is safe. */
export async function ensureContacts(trx: Trx, numbers: string[]): Promise<Map<string, number>> {
  const each = [...new Set(numbers)].sort()
  const known = await selectContactIds(trx, each)
  const missing = each.filter((number) => !known.has(number))
  if (missing.length === 0) return known
  await insertContacts(trx, missing)
  return selectContactIds(trx, each)
}
