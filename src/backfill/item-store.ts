import { sql } from 'kysely'
import type { Chain } from '../agents/index.ts'
import type { Db, Trx } from '../db/index.ts'

/** The selected conversations, a page at a time, in their order. */
export async function* selectedPages(db: Db, backfillId: number, most = 500): AsyncGenerator<string[]> {
  for (let after = 0; ; ) {
    const rows = await db
      .selectFrom('backfill_items')
      .select(['seq', 'conversation_id'])
      .where('backfill_id', '=', backfillId)
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(most)
      .execute()
    const last = rows.at(-1)
    if (!last) return
    after = last.seq
    yield rows.map((row) => row.conversation_id)
  }
}

/** How many were selected, of how many contacts, and how many of them nobody has analysed. */
export async function countSelected(
  db: Db,
  backfillId: number,
): Promise<{ conversations: number; contacts: number; notAnalysed: number }> {
  return db
    .selectFrom('backfill_items')
    .leftJoin('analyses', (join) =>
      join.onRef('analyses.conversation_id', '=', 'backfill_items.conversation_id').on('analyses.current', '=', true),
    )
    .select((eb) => [
      eb.fn.countAll<number>().as('conversations'),
      eb.fn.count<number>('contact_key').distinct().as('contacts'),
      eb.fn.countAll<number>().filterWhere('analyses.id', 'is', null).as('notAnalysed'),
    ])
    .where('backfill_id', '=', backfillId)
    .executeTakeFirstOrThrow()
}

export type Item = Chain & { seq: number; conversationId: string; contactKey: string }

/**
 * Takes the next open items of a running backfill for `holder`; of a paused or parked one there are none, and until the canary has passed,
 * those of the canary alone. Which they are is found once, before anything is joined: as `seq in (…)` it was found anew for every item of
 * a run that statistics did not know yet, minutes for 40,000.
 */
export async function claimItems(db: Db, backfillId: number, holder: string, most: number): Promise<Item[]> {
  const { rows } = await sql<{
    seq: number
    conversation_id: string
    agent_id: string
    transfers: { agent_id: string; setting: Chain['transfers'][number]['setting'] }[]
    contact_key: string
  }>`
    with next as materialized (
      select open.seq from backfill_items as open
      join backfills on backfills.id = open.backfill_id and backfills.state = 'running' and backfills.parked_at is null
      where open.backfill_id = ${backfillId} and open.state = 'open'
        and (open.seq <= backfills.canary_until or backfills.canary_until is null or backfills.canary_passed_at is not null)
      order by open.seq limit ${most}
      for update of open skip locked
    )
    update backfill_items as item
    set state = 'claimed', claimed_by = ${holder}
    from next, conversations
    where item.backfill_id = ${backfillId} and item.seq = next.seq and conversations.id = item.conversation_id
    returning item.seq, item.conversation_id, conversations.agent_id, conversations.transfers, item.contact_key
  `.execute(db)
  return rows
    .map((row) => ({
      seq: Number(row.seq),
      conversationId: row.conversation_id,
      agentId: row.agent_id,
      transfers: row.transfers.map(({ agent_id, setting }) => ({ agentId: agent_id, setting })),
      contactKey: row.contact_key,
    }))
    .sort((a, b) => a.seq - b.seq)
}

export type ItemEnd = { seq: number; outcome: string; reason: string | null; cached: boolean; costUsd: number }

/** Which of these items are still held by their holders, locked until the transaction ends. */
export async function lockItems(
  trx: Trx,
  backfillId: number,
  items: readonly { seq: number; holder: string }[],
): Promise<Set<number>> {
  const { rows } = await sql<{ seq: number }>`
    select item.seq from backfill_items as item
    join unnest(${items.map(({ seq }) => seq)}::int[], ${items.map(({ holder }) => holder)}::text[]) as held (seq, holder)
      on item.seq = held.seq and item.claimed_by = held.holder
    where item.backfill_id = ${backfillId} and item.state = 'claimed'
    order by item.seq
    for update of item`.execute(trx)
  return new Set(rows.map((row) => row.seq))
}

/** Holds every selected conversation of these contacts until the transaction ends, in one order for all transactions. */
export async function lockConversationsOf(trx: Trx, backfillId: number, contactKeys: string[]): Promise<void> {
  await trx
    .selectFrom('conversations')
    .select('id')
    .where('id', 'in', ({ selectFrom }) =>
      selectFrom('backfill_items')
        .select('conversation_id')
        .where('backfill_id', '=', backfillId)
        .where(sql<boolean>`contact_key = any(${contactKeys})`),
    )
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
}

/** Closes claimed items with what became of them, in one statement. */
export async function closeItems(trx: Trx, backfillId: number, ends: readonly ItemEnd[]): Promise<void> {
  await sql`
    update backfill_items as item
    set state = 'done', outcome = ended.outcome, reason = ended.reason, cached = ended.cached, cost_usd = ended.cost_usd,
      claimed_by = null, done_at = now()
    from unnest(
      ${ends.map((end) => end.seq)}::int[], ${ends.map((end) => end.outcome)}::text[], ${ends.map((end) => end.reason)}::text[],
      ${ends.map((end) => end.cached)}::bool[], ${ends.map((end) => end.costUsd)}::numeric[]
    ) as ended (seq, outcome, reason, cached, cost_usd)
    where item.backfill_id = ${backfillId} and item.seq = ended.seq and item.state = 'claimed'
  `.execute(trx)
}

/** Puts back what a holder claimed and does not get to, all or some of it; or what an earlier one of its name left behind. */
export async function reopenItems(
  db: Db,
  backfillId: number,
  holder: string,
  some?: readonly { item: Pick<Item, 'seq'> }[],
): Promise<void> {
  const seqs = some?.map(({ item }) => item.seq)
  await db
    .updateTable('backfill_items')
    .set({ state: 'open', claimed_by: null })
    .where('backfill_id', '=', backfillId)
    .where('state', '=', 'claimed')
    .where('claimed_by', '=', holder)
    .$if(seqs !== undefined, (query) => query.where(sql<boolean>`seq = any(${seqs}::int[])`))
    .execute()
}

/** The conversations of contacts that are complete, with nothing open any more: of these contacts, or among these conversations. None until a canary has passed. */
export async function completeConversations(
  trx: Trx,
  backfillId: number,
  among: { contactKeys: string[] } | { conversationIds: string[] },
): Promise<string[]> {
  const isAmong =
    'contactKeys' in among
      ? sql<boolean>`item.contact_key = any(${among.contactKeys})`
      : sql<boolean>`item.conversation_id = any(${among.conversationIds})`
  const rows = await trx
    .selectFrom('backfill_items as item')
    .select('item.conversation_id')
    .where('item.backfill_id', '=', backfillId)
    .where(isAmong)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('backfills')
          .select('id')
          .where('id', '=', backfillId)
          .where((eb) => eb.or([eb('canary_until', 'is', null), eb('canary_passed_at', 'is not', null)])),
      ),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('backfill_items as other')
            .select('other.seq')
            .whereRef('other.backfill_id', '=', 'item.backfill_id')
            .whereRef('other.contact_key', '=', 'item.contact_key')
            .where('other.state', '<>', 'done'),
        ),
      ),
    )
    .execute()
  return rows.map((row) => row.conversation_id)
}

export async function openItems(db: Db, backfillId: number): Promise<{ open: number; claimed: number }> {
  const row = await db
    .selectFrom('backfill_items')
    .select((eb) => [
      eb.fn.countAll<number>().filterWhere('state', '=', 'open').as('open'),
      eb.fn.countAll<number>().filterWhere('state', '=', 'claimed').as('claimed'),
    ])
    .where('backfill_id', '=', backfillId)
    .where('state', '<>', 'done')
    .executeTakeFirstOrThrow()
  return row
}
