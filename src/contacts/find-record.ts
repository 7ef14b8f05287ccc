import type { CheckConnection, Crm, Reading } from '../crm/index.ts'
import { type Db, transact } from '../db/index.ts'
import type { ContactsAnnouncements } from './announcements.ts'
import { importPage } from './import-page.ts'
import { isFirstImport } from './import-store.ts'
import { selectSharers } from './key-store.ts'
import type { ImportPlan } from './plan-imports.ts'
import { fieldsToScan, keysOf } from './record-keys.ts'
import { type FoundRecord, findKnownRecord } from './record-store.ts'

/**
 * A record by the CRM's id. One that our index does not know is read from the CRM and taken over as a page of an import is,
 * numbers, e-mails and names. Undefined where the CRM has none of this id. Twice is safe. Throws what the CRM throws, and
 * `connection.not_found` (404) for one that was never remembered.
 */
export async function findRecord(
  deps: { db: Db; crm: Crm; checkConnection: CheckConnection; now: () => Date; next: ContactsAnnouncements },
  { plan, externalId }: { plan: ImportPlan; externalId: string },
): Promise<FoundRecord | undefined> {
  const { db, crm, next, now } = deps
  const { connection, object } = plan
  const known = await findKnownRecord(db, { connection, object, externalId })
  if (known !== undefined) return known
  const isFirst = await isFirstImport(db, plan)
  await deps.checkConnection(connection)
  const record = (await crm.read(object, [externalId], fieldsToScan(plan))).get(externalId)
  if (record === undefined) return undefined
  const mergedIds = await mergedInto(deps, plan, record)
  const page = { plan, records: [{ ...record, mergedIds }], isFirst, at: now() }
  await transact(db, (trx) => importPage(trx, next, page))
  // Under the id it has now: of merged records the CRM answers with the one that is left.
  return findKnownRecord(db, { connection, object, externalId: record.externalId })
}

/**
 * Which records of our index this one has swallowed. A record that we do not know may be what is left of two that we do, and
 * have the conversations: of those that held its numbers and e-mails, the CRM is asked where they are now.
 */
async function mergedInto({ db, crm }: { db: Db; crm: Crm }, plan: ImportPlan, record: Reading): Promise<string[]> {
  const { keys } = keysOf({ ...record, mergedIds: [] }, plan)
  const others = await selectSharers(db, plan, keys)
  if (others.length === 0) return []
  const readings = await crm.read(plan.object, others, [])
  return others.filter((id) => id !== record.externalId && readings.get(id)?.externalId === record.externalId)
}
