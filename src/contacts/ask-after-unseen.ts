import type { Crm, GoneRecord, Reading } from '../crm/index.ts'
import { type Db, lockUntilEnd, transact } from '../db/index.ts'
import type { ContactsAnnouncements } from './announcements.ts'
import { findEnds } from './find-ends.ts'
import { importLock } from './import-page.ts'
import { selectUnseen } from './import-store.ts'
import type { ImportPlan } from './plan-imports.ts'
import { endScan, type Scan, saveScan } from './scan-store.ts'
import { takeGone } from './take-gone.ts'

/** So many at once: a whole read of a HubSpot, of ten calls side by side. */
const most = 1_000

/**
 * Asks the CRM after records of ours that a scan of all has not come across, a page of them: an archived or deleted record is in no
 * list, but neither is one that a scan has missed, so each is asked for by its id. One that answers under another id was merged.
 */
export async function askAfterUnseen(
  { db, crm, next, now }: { db: Db; crm: Crm; next: ContactsAnnouncements; now: () => Date },
  plan: ImportPlan,
  scan: Scan,
): Promise<{ scan: Scan; isOver: boolean }> {
  const { object } = plan
  const unseen = await selectUnseen(db, plan, { before: scan.startedAt, after: Number(scan.after ?? 0), most })
  const ids = unseen.map(({ externalId }) => externalId)
  const readings = ids.length === 0 ? new Map<string, Reading>() : await crm.read(object, ids, [])
  const missing = ids.filter((id) => !readings.has(id))
  const merged = ids.flatMap((id): GoneRecord[] => {
    const reading = readings.get(id)
    return reading === undefined || reading.externalId === id
      ? []
      : [{ externalId: id, became: { object, externalId: reading.externalId } }]
  })
  const gone = [...merged, ...(await findEnds(crm, object, missing))]
  const isOver = unseen.length < most
  return transact(db, async (trx) => {
    await lockUntilEnd(trx, importLock)
    const ended = await takeGone(trx, next, plan, gone)
    const counts = { ...scan.counts, gone: scan.counts.gone + ended }
    const following: Scan = { ...scan, after: String(unseen.at(-1)?.id ?? 0), counts }
    if (isOver) await endScan(trx, plan, following, now())
    else await saveScan(trx, plan, following)
    return { scan: following, isOver }
  })
}
