import { sql } from 'kysely'
import { type Db, json, type Trx } from '../db/index.ts'
import type { Canary, CanaryRates } from './canary.ts'
import { notParked } from './store.ts'

/** Notes the canary of a plan and where it ends: with the last conversation of its contacts. */
export async function openCanary(trx: Trx, id: number, canary: Canary): Promise<void> {
  await sql`
    update backfills set canary = ${json(canary)}::jsonb, canary_until = (
      select max(seq) from backfill_items
      where backfill_id = ${id} and contact_key in (
        select contact_key from backfill_items where backfill_id = ${id}
        group by contact_key order by min(seq) limit ${canary.contacts}
      )
    )
    where id = ${id}
  `.execute(trx)
}

export type CanaryItem = { seq: number; conversationId: string; contactKey: string; outcome: string | null }

/** The conversations of a canary, a page at a time, in their order. */
export async function* canaryPages(db: Db, id: number, until: number, most = 500): AsyncGenerator<CanaryItem[]> {
  for (let after = 0; ; ) {
    const page = await db
      .selectFrom('backfill_items')
      .select(['seq', 'conversation_id as conversationId', 'contact_key as contactKey', 'outcome'])
      .where('backfill_id', '=', id)
      .where('seq', '>', after)
      .where('seq', '<=', until)
      .orderBy('seq')
      .limit(most)
      .execute()
    const last = page.at(-1)
    if (!last) return
    after = last.seq
    yield page
  }
}

/** What of the canary is still to do. */
export async function openInCanary(db: Db, id: number, until: number): Promise<{ open: number; claimed: number }> {
  return db
    .selectFrom('backfill_items')
    .select((eb) => [
      eb.fn.countAll<number>().filterWhere('state', '=', 'open').as('open'),
      eb.fn.countAll<number>().filterWhere('state', '=', 'claimed').as('claimed'),
    ])
    .where('backfill_id', '=', id)
    .where('seq', '<=', until)
    .where('state', '<>', 'done')
    .executeTakeFirstOrThrow()
}

/** Lets a running backfill go on behind its canary, or stops it there with `why`. Of several that would, one does. */
export async function endCanary(
  trx: Trx,
  id: number,
  end: { rates: CanaryRates; why: string | null; planId: number | null },
): Promise<boolean> {
  const { rates, why, planId } = end
  const set =
    why === null
      ? { canary_passed_at: sql<Date>`now()` }
      : { state: 'stopped' as const, canary_why: why, plan_id: planId, ...notParked }
  const ended = await trx
    .updateTable('backfills')
    .set({ canary_rates: json(rates), ...set })
    .where('id', '=', id)
    .where('state', '=', 'running')
    .where('canary_passed_at', 'is', null)
    .returning('id')
    .executeTakeFirst()
  return ended !== undefined
}
