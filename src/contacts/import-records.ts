import { z } from 'zod'
import type { Crm, ScannedPage } from '../crm/index.ts'
import { type Db, lockUntilEnd, transact } from '../db/index.ts'
import { notFound } from '../errors.ts'
import type { Log } from '../log.ts'
import type { ContactsAnnouncements } from './announcements.ts'
import { importPage } from './import-page.ts'
import { hasRecords, selectImportState, updateImportState } from './import-store.ts'
import type { ImportPlan } from './plan-imports.ts'
import { fieldsToScan } from './record-keys.ts'
import { findSeenTo, saveSeenTo } from './seen-to-store.ts'

export type ImportSummary = {
  scanned: number
  created: number
  changed: number
  skipped: { reason: string; count: number }[]
}

/** The lock of imports: one page at a time. */
export const importLock = 'contacts.import'

type Deps = { db: Db; crm: Crm; log: Log; now: () => Date; next: ContactsAnnouncements }

/** A scan under way: `after` is the CRM's own cursor of the next page. */
const cursorSchema = z.object({
  object: z.string(),
  startedAt: z.coerce.date(),
  isFirst: z.boolean(),
  after: z.string().nullable(),
})
type Cursor = z.infer<typeof cursorSchema>

/**
 * Reads the records of one object of a CRM and takes over their numbers, e-mails and names, page by page, each page in one
 * transaction: all of them, or, where the CRM tells in which order they changed, those that have changed since the last scan
 * of the same fields (`isFull`: all the same). A scan that was broken off goes on where it stopped; a second scan of an
 * unchanged CRM changes nothing. Throws what the CRM throws, and `connection.not_found` (404) for one that was never remembered.
 */
export async function importRecords(
  deps: Deps,
  { plan, isFull = false }: { plan: ImportPlan; isFull?: boolean },
): Promise<ImportSummary> {
  const { db, crm, next } = deps
  const summary = { scanned: 0, created: 0, changed: 0 }
  const skipped = new Map<string, number>()
  const fields = fieldsToScan(plan)
  let cursor: Cursor | null = await openScan(deps, plan, isFull)
  while (cursor !== null) {
    const { startedAt, isFirst, after }: Cursor = cursor
    const page: ScannedPage = await crm.scan(plan.object, fields, after)
    const following: Cursor | null = page.next === null ? null : { ...cursor, after: page.next }
    const result = await transact(db, async (trx) => {
      // One page at a time, whichever CRM it is from: the same people stand in several, and pages name them in other orders.
      await lockUntilEnd(trx, importLock)
      await updateImportState(trx, plan.connection, stateAfter(following, startedAt))
      if (following === null) await saveSeenTo(trx, plan, page.seenTo)
      return importPage(trx, next, { plan, records: page.records, isFirst, at: deps.now() })
    })
    summary.scanned += page.records.length
    summary.created += result.created
    summary.changed += result.changed
    for (const [reason, count] of Object.entries(result.skipped))
      skipped.set(reason, (skipped.get(reason) ?? 0) + count)
    cursor = following
  }
  const reasons = [...skipped].map(([reason, count]) => ({ reason, count }))
  return { ...summary, skipped: reasons.filter(({ count }) => count > 0) }
}

async function openScan({ db, log, now }: Deps, plan: ImportPlan, isFull: boolean): Promise<Cursor> {
  const { connection, object } = plan
  const state = await selectImportState(db, connection)
  if (state === undefined) throw notFound('connection', connection)
  const left = state.cursor === null ? null : cursorSchema.parse(JSON.parse(state.cursor))
  if (left?.object === object) {
    log.info({ connection, object, startedAt: left.startedAt }, 'import goes on where it was broken off')
    return left
  }
  const isFirst = state.importedAt === null || !(await hasRecords(db, plan))
  const after = isFull || isFirst ? null : await findSeenTo(db, plan)
  return { object, startedAt: now(), isFirst, after }
}

function stateAfter(following: Cursor | null, startedAt: Date) {
  return following === null ? { importedAt: startedAt, cursor: null } : { cursor: JSON.stringify(following) }
}
