import { type ExpressionBuilder, sql } from 'kysely'
import { filterSql, isThere } from '../conversations/index.ts'
import type { Database, Trx } from '../db/index.ts'
import type { Filter } from '../filters/index.ts'
import type { Sample } from './guards.ts'

/**
 * From so many on, statistics are made anew with them. PostgreSQL does that by itself a minute later; until then it takes a new run for
 * one row, and the plan, the claims and the pushes of 40,000 for minutes of work.
 */
const many = 2_000

/**
 * Freezes the selection: contact by contact, each contact's conversations in the order they took place; of a sample, all selected
 * conversations of its contacts.
 */
export async function selectItems(trx: Trx, backfillId: number, filter: Filter, sample?: Sample): Promise<void> {
  const matching = trx.with('matching', (db) =>
    db
      .selectFrom('conversations')
      .where(filterSql(filter))
      .where(isThere)
      .select((eb) => ['conversations.id', 'conversations.spoken_at', contactKey(eb).as('contact_key')]),
  )
  const { numInsertedOrUpdatedRows: selected = 0n } = await matching
    .insertInto('backfill_items')
    .columns(['backfill_id', 'seq', 'conversation_id', 'contact_key'])
    .expression((eb) =>
      eb
        .selectFrom('matching')
        .$if(sample !== undefined, (query) => query.where(inSample(sample)))
        .select([
          sql<number>`${backfillId}::bigint`.as('backfill_id'),
          sql<number>`row_number() over (order by contact_key, spoken_at, id)`.as('seq'),
          'id as conversation_id',
          'contact_key',
        ]),
    )
    .executeTakeFirstOrThrow()
  if (selected >= many) await sql`analyze backfill_items`.execute(trx)
}

/**
 * Of a share, the contacts that a hash with the seed puts first, rounded up: the same ones each time, and of a larger share with
 * that seed those of a smaller one too. MD5, for it is the same on every version of PostgreSQL.
 */
function inSample(sample: Sample | undefined) {
  if (sample === undefined) return sql<boolean>`true`
  const chosen =
    'first' in sample
      ? sql`order by contact_key limit ${sample.first}`
      : sql`order by md5(${`${sample.seed} `}::text || contact_key), contact_key
          limit (select ceil(${sample.share}::numeric * count(distinct contact_key)) from matching)`
  return sql<boolean>`contact_key in (select contact_key from matching group by contact_key ${chosen})`
}

function contactKey(eb: ExpressionBuilder<Database, 'conversations'>) {
  const { ref } = eb
  return sql<string>`coalesce('contact_' || ${ref('contact_id')}, ${ref('conversations.id')})`
}
