import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import type { Crm, SearchKey } from '../crm/index.ts'
import { type Db, lockUntilEnd, transact } from '../db/index.ts'
import type { ContactsAnnouncements } from './announcements.ts'
import { importLock, importPage } from './import-page.ts'
import { isFirstImport } from './import-store.ts'
import { claimLookup, dropLookup } from './lookup-store.ts'
import type { ImportPlan } from './plan-imports.ts'
import { fieldsToScan, keysOf } from './record-keys.ts'
import { findHolders, type KeyKind } from './record-store.ts'

/**
 * Searches a CRM for the one number (E.164) or e-mail (lower case) of somebody whom our index does not know, and takes over whom it finds, as
 * a page of an import is. What is found is compared with the key, for searches are rough. A key is searched for once an hour at most,
 * by all processes together, found or not: meanwhile imports see who is new; `isUrgent`: all the same, for what depends on it now. Answers how many records have it. Throws what the
 * CRM throws; then the key may be searched for again at once.
 */
export async function lookUp(
  deps: { db: Db; crm: Crm; now: () => Date; next: ContactsAnnouncements },
  { plan, kind, key, isUrgent = false }: { plan: ImportPlan; kind: KeyKind; key: string; isUrgent?: boolean },
): Promise<number> {
  const { db, crm, now, next } = deps
  const { connection, object } = plan
  if (crm.search === undefined) return 0
  const known = await findHolders(db, { connection, object, kind, keys: [key] })
  if (known.size > 0) return 0
  const isClaimed = await claimLookup(db, plan, { kind, key })
  if (!isClaimed && !isUrgent) return 0
  try {
    const isFirst = await isFirstImport(db, plan)
    const found = await crm.search(object, searchKey(plan, kind, key), fieldsToScan(plan))
    const records = found.filter((record) =>
      keysOf(record, plan).keys.some((own) => own.kind === kind && own.key === key),
    )
    if (records.length > 0)
      await transact(db, async (trx) => {
        await lockUntilEnd(trx, importLock)
        await importPage(trx, next, { plan, records, isFirst, at: now() })
      })
    return records.length
  } catch (error) {
    await dropLookup(db, plan, { kind, key })
    throw error
  }
}

function searchKey(plan: ImportPlan, kind: KeyKind, key: string): SearchKey {
  if (kind === 'email') return { by: 'email', key }
  const national = parsePhoneNumberFromString(key)?.nationalNumber ?? key
  return { by: 'number', key, national, fields: plan.numberFields }
}
