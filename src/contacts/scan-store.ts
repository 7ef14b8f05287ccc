import { sql } from 'kysely'
import { z } from 'zod'
import { type Db, json, type Trx } from '../db/index.ts'
import type { ImportPlan } from './plan-imports.ts'

/** What an import has come to. `skipped`: by reason, how many records (or numbers of one) were left out. */
const countsSchema = z.object({
  scanned: z.number(),
  created: z.number(),
  changed: z.number(),
  gone: z.number(),
  skipped: z.record(z.string(), z.number()),
})
export type Counts = z.infer<typeof countsSchema>

/**
 * A scan under way. It reads page after page (`after` is the CRM's own cursor), then, where all records were read, asks after those
 * that no page had (`after` is the last of our ids). `seenTo` is what the last page told.
 */
const scanSchema = z.object({
  startedAt: z.coerce.date(),
  isFirst: z.boolean(),
  isWhole: z.boolean(),
  step: z.enum(['read', 'ask']),
  after: z.string().nullable(),
  seenTo: z.string().nullable(),
  counts: countsSchema,
})
export type Scan = z.infer<typeof scanSchema>

const reportSchema = countsSchema.extend({
  isWhole: z.boolean(),
  startedAt: z.coerce.date(),
  endedAt: z.coerce.date(),
})
const failureSchema = z.object({ at: z.coerce.date(), code: z.string(), message: z.string() })

export type ImportReport = {
  connection: string
  object: string
  last: z.infer<typeof reportSchema> | null
  /** The last that read every record. */
  lastWhole: z.infer<typeof reportSchema> | null
  /** What ended the newest attempt; null where it did not fail. */
  failed: z.infer<typeof failureSchema> | null
  /** Since when one is under way, or broken off and still to go on, and how far it is. */
  underWay: { startedAt: Date; counts: Counts } | null
}

/** Where the imports of an object stand: the scan under way and where to go on reading changes, both only where they asked for the same. */
export async function selectScan(db: Db, plan: ImportPlan) {
  const asked = sql`${json(askedBy(plan))}::jsonb`
  const row = await db
    .selectFrom('crm_scans')
    .select(['seen_to', 'under_way', 'last_whole'])
    .select([sql<boolean>`asked = ${asked}`.as('is_same'), sql<boolean>`under_way -> 'asked' = ${asked}`.as('goes_on')])
    .where('connection', '=', plan.connection)
    .where('object', '=', plan.object)
    .executeTakeFirst()
  return {
    underWay: row?.goes_on ? scanSchema.parse(row.under_way) : null,
    seenTo: row?.is_same ? row.seen_to : null,
    wholeAt: row?.last_whole ? reportSchema.parse(row.last_whole).startedAt : null,
  }
}

/** Stores how far a scan has come. */
export async function saveScan(trx: Trx, plan: ImportPlan, scan: Scan): Promise<void> {
  const { connection, object } = plan
  const asked = askedBy(plan)
  await trx
    .insertInto('crm_scans')
    .values({ connection, object, asked: json(asked), seen_to: null, under_way: json({ ...scan, asked }) })
    .onConflict((conflict) =>
      conflict
        .columns(['connection', 'object'])
        .doUpdateSet((eb) => ({ under_way: eb.ref('excluded.under_way'), failed: null })),
    )
    .execute()
}

/** Stores that a scan has ended, what it came to, and from where the next one reads changes. */
export async function endScan(trx: Trx, plan: ImportPlan, scan: Scan, endedAt: Date): Promise<void> {
  const { connection, object } = plan
  const { startedAt, isWhole, seenTo, counts } = scan
  const report = json({ ...counts, isWhole, startedAt, endedAt })
  const ended = {
    asked: json(askedBy(plan)),
    seen_to: seenTo,
    under_way: null,
    last: report,
    failed: null,
    ...(isWhole && { last_whole: report }),
  }
  await trx
    .insertInto('crm_scans')
    .values({ connection, object, ...ended })
    .onConflict((conflict) =>
      conflict.columns(['connection', 'object']).doUpdateSet({ ...ended, seen_at: sql<Date>`now()` }),
    )
    .execute()
  await trx.updateTable('connections').set({ imported_at: startedAt }).where('name', '=', connection).execute()
}

/** Notes what ended an attempt: the scan goes on from there. */
export async function failScan(
  db: Db,
  { connection, object }: ImportPlan,
  failure: { at: Date; code: string; message: string },
): Promise<void> {
  await db
    .updateTable('crm_scans')
    .set({ failed: json(failure) })
    .where('connection', '=', connection)
    .where('object', '=', object)
    .execute()
}

export async function selectReports(db: Db): Promise<ImportReport[]> {
  const rows = await db.selectFrom('crm_scans').selectAll().orderBy('connection').orderBy('object').execute()
  return rows.map(({ connection, object, last, last_whole, failed, under_way }) => ({
    connection,
    object,
    last: reportSchema.nullable().parse(last),
    lastWhole: reportSchema.nullable().parse(last_whole),
    failed: failureSchema.nullable().parse(failed),
    underWay: scanSchema.pick({ startedAt: true, counts: true }).nullable().parse(under_way),
  }))
}

/** All of a plan that decides what is taken over. */
function askedBy({ numberFields, emailFields, import: imports, defaultCountry }: ImportPlan) {
  return { numberFields: [...numberFields].sort(), emailFields, import: imports, defaultCountry }
}
