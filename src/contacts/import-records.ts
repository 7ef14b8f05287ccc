import { type Crm, type CrmField, readSchema, type Wire } from '../crm/index.ts'
import { type Db, lockUntilEnd, transact } from '../db/index.ts'
import { AppError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { ContactsAnnouncements } from './announcements.ts'
import { askAfterUnseen } from './ask-after-unseen.ts'
import { importLock, importPage } from './import-page.ts'
import { isFirstImport, markSeen } from './import-store.ts'
import type { ImportPlan } from './plan-imports.ts'
import { fieldsToScan } from './record-keys.ts'
import { type Counts, endScan, failScan, type Scan, saveScan, selectScan } from './scan-store.ts'

/** What an import has come to since it began, also where it was broken off in between. `gone`: deleted, merged or converted since. */
export type ImportSummary = Omit<Counts, 'skipped'> & { skipped: { reason: string; count: number }[] }

// A field an admin adds or removes shows up within a minute, as in a push.
const schemaMaxAgeMs = 60_000

type Deps = { db: Db; crm: Crm; log: Log; now: () => Date; next: ContactsAnnouncements }

/**
 * Reads the records of one object of a CRM and takes over their numbers, e-mails and names, page by page, each page in one
 * transaction: all of them, or, where the CRM tells what has changed, those that have changed since the last scan
 * of the same fields (`isFull`, or where the last scan of all is older than `wholeEveryMs`: all the same). What rules write is read
 * as well and announced (`recordsRead`), so that an edit is noticed. A scan of all ends with asking after the records that it has
 * not come across: deleted ones are in no list. A scan that was broken off goes on where it stopped, unless it read changes and
 * all is asked for; a second scan of an unchanged CRM changes nothing. Throws what the CRM throws, having noted it, and
 * `connection.not_found` (404) for one that was never remembered.
 */
export async function importRecords(
  deps: Deps,
  {
    plan: wanted,
    isFull = false,
    wholeEveryMs = Number.POSITIVE_INFINITY,
  }: { plan: ImportPlan; isFull?: boolean; wholeEveryMs?: number },
): Promise<ImportSummary> {
  const { db, crm, now } = deps
  const opened = await openScan(deps, wanted, { isFull, wholeEveryMs })
  await transact(db, (trx) => saveScan(trx, wanted, opened))
  try {
    const schema = new Map((await readSchema({ db, crm }, wanted.object, { maxAgeMs: schemaMaxAgeMs })).map(byName))
    // Of a field that a rule still names but the CRM has no more nothing can be noticed; asked for, it would have the whole scan refused.
    const plan = { ...wanted, mapped: wanted.mapped.filter((field) => schema.has(field)) }
    let scan = opened
    for (let isOver = false; !isOver; ) {
      const step =
        scan.step === 'read' ? await readPage(deps, plan, schema, scan) : await askAfterUnseen(deps, plan, scan)
      scan = step.scan
      isOver = step.isOver
    }
    const { skipped, ...counts } = scan.counts
    const reasons = Object.entries(skipped).map(([reason, count]) => ({ reason, count }))
    return { ...counts, skipped: reasons.filter(({ count }) => count > 0) }
  } catch (error) {
    if (error instanceof AppError) {
      const { code, message } = error
      await failScan(db, wanted, { at: now(), code, message })
    }
    throw error
  }
}

async function readPage(
  { db, crm, next, now }: Deps,
  plan: ImportPlan,
  schema: ReadonlyMap<string, CrmField>,
  scan: Scan,
): Promise<{ scan: Scan; isOver: boolean }> {
  const { startedAt, isFirst, isWhole, counts } = scan
  const fields = [...new Set([...fieldsToScan(plan), ...plan.mapped])]
  const page = await crm.scan(plan.object, fields, scan.after)
  const isSame = (name: string, a: Wire, b: Wire) => {
    const field = schema.get(name)
    return field ? crm.same(field, a, b) : a === b
  }
  return transact(db, async (trx) => {
    // One page at a time, whichever CRM it is from: the same people stand in several, and pages name them in other orders.
    await lockUntilEnd(trx, importLock)
    const { records, gone = [] } = page
    const result = await importPage(trx, next, { plan, records, gone, isFirst, at: now(), isSame })
    if (isWhole) await markSeen(trx, result.recordIds, startedAt)
    const counted: Counts = {
      scanned: counts.scanned + records.length,
      created: counts.created + result.created,
      changed: counts.changed + result.changed,
      gone: counts.gone + result.gone,
      skipped: added(counts.skipped, result.skipped),
    }
    const following: Scan = { ...scan, after: page.next, seenTo: page.seenTo, counts: counted }
    if (page.next === null && isWhole && !isFirst) {
      const asking: Scan = { ...following, step: 'ask' }
      await saveScan(trx, plan, asking)
      return { scan: asking, isOver: false }
    }
    if (page.next === null) await endScan(trx, plan, following, now())
    else await saveScan(trx, plan, following)
    return { scan: following, isOver: page.next === null }
  })
}

async function openScan(
  { db, log, now }: Deps,
  plan: ImportPlan,
  { isFull, wholeEveryMs }: { isFull: boolean; wholeEveryMs: number },
): Promise<Scan> {
  const { connection, object } = plan
  const isFirst = await isFirstImport(db, plan)
  const { underWay, seenTo, wholeAt } = await selectScan(db, plan)
  if (underWay && (underWay.isWhole || !isFull)) {
    log.info({ connection, object, startedAt: underWay.startedAt }, 'import goes on where it was broken off')
    return underWay
  }
  const startedAt = now()
  const isStale = wholeAt === null || startedAt.getTime() - wholeAt.getTime() > wholeEveryMs
  const after = isFull || isFirst || isStale ? null : seenTo
  const counts: Counts = { scanned: 0, created: 0, changed: 0, gone: 0, skipped: {} }
  return { startedAt, isFirst, isWhole: after === null, step: 'read', after, seenTo: null, counts }
}

function added(counts: Record<string, number>, more: Record<string, number>): Record<string, number> {
  const total = { ...counts }
  for (const [reason, count] of Object.entries(more)) total[reason] = (total[reason] ?? 0) + count
  return total
}

function byName(field: CrmField): [string, CrmField] {
  return [field.name, field]
}
