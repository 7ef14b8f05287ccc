import { sql } from 'kysely'
import { type Db, json, type Trx } from '../db/index.ts'
import type { ImportPlan } from './plan-imports.ts'

/** Where to go on reading changes, where the last scan of this object asked for the same. */
export async function findSeenTo(db: Db, plan: ImportPlan): Promise<string | null> {
  const row = await db
    .selectFrom('crm_scans')
    .select('seen_to')
    .where('connection', '=', plan.connection)
    .where('object', '=', plan.object)
    .where(sql<boolean>`asked = ${json(askedBy(plan))}::jsonb`)
    .executeTakeFirst()
  return row?.seen_to ?? null
}

export async function saveSeenTo(trx: Trx, plan: ImportPlan, seenTo: string | null): Promise<void> {
  if (seenTo === null) return
  const { connection, object } = plan
  await trx
    .insertInto('crm_scans')
    .values({ connection, object, asked: json(askedBy(plan)), seen_to: seenTo })
    .onConflict((conflict) =>
      conflict.columns(['connection', 'object']).doUpdateSet((eb) => ({
        asked: eb.ref('excluded.asked'),
        seen_to: eb.ref('excluded.seen_to'),
        seen_at: sql<Date>`now()`,
      })),
    )
    .execute()
}

/** All of a plan that decides what is taken over. */
function askedBy({ numberFields, emailFields, import: imports, defaultCountry }: ImportPlan) {
  return { numberFields: [...numberFields].sort(), emailFields, import: imports, defaultCountry }
}
