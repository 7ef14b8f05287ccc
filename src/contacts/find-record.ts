import type { Crm } from '../crm/index.ts'
import { type Db, transact } from '../db/index.ts'
import { notFound } from '../errors.ts'
import type { ContactsAnnouncements } from './announcements.ts'
import { importPage } from './import-page.ts'
import { selectImportState } from './import-store.ts'
import type { ImportPlan } from './plan-imports.ts'
import { fieldsToScan } from './record-keys.ts'
import { type FoundRecord, findKnownRecord } from './record-store.ts'

/**
 * A record by the CRM's id. One that our index does not know is read from the CRM and taken over as a page of an import is,
 * numbers, e-mails and names. Undefined where the CRM has none of this id. Twice is safe. Throws what the CRM throws, and
 * `connection.not_found` (404) for one that was never remembered.
 */
export async function findRecord(
  deps: { db: Db; crm: Crm; now: () => Date; next: ContactsAnnouncements },
  { plan, externalId }: { plan: ImportPlan; externalId: string },
): Promise<FoundRecord | undefined> {
  const { db, crm, next, now } = deps
  const { connection, object } = plan
  const known = await findKnownRecord(db, { connection, object, externalId })
  if (known !== undefined) return known
  const state = await selectImportState(db, connection)
  if (state === undefined) throw notFound('connection', connection)
  const readings = await crm.read(object, [externalId], fieldsToScan(plan))
  const record = readings.get(externalId)
  if (record === undefined) return undefined
  const mergedIds = record.externalId === externalId ? [] : [externalId]
  const page = { plan, records: [{ ...record, mergedIds }], isFirst: state.importedAt === null, at: now() }
  await transact(db, (trx) => importPage(trx, next, page))
  // Under the id it has now: of merged records the CRM answers with the one that is left.
  return findKnownRecord(db, { connection, object, externalId: record.externalId })
}
