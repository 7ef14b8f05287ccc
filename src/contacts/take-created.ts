import type { ScannedRecord } from '../crm/index.ts'
import { lockUntilEnd, type Trx } from '../db/index.ts'
import type { ContactsAnnouncements } from './announcements.ts'
import { importLock, importPage } from './import-page.ts'
import type { ImportPlan } from './plan-imports.ts'
import { recordsByExternalId } from './record-store.ts'

/**
 * Takes over records that we have just created, as a page of an import is, with their numbers, e-mails and names as the CRM
 * answers them: no search and no scan has to find them first. Twice is safe. Returns our ids by the CRM's.
 */
export async function takeCreated(
  trx: Trx,
  next: ContactsAnnouncements,
  { plan, records, at }: { plan: ImportPlan; records: ScannedRecord[]; at: Date },
): Promise<Map<string, number>> {
  await lockUntilEnd(trx, importLock)
  await importPage(trx, next, { plan, records, isFirst: false, at })
  const externalIds = records.map(({ externalId }) => externalId)
  return recordsByExternalId(trx, { connection: plan.connection, object: plan.object, externalIds })
}
