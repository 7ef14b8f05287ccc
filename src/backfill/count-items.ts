import { sql } from 'kysely'
import type { Db } from '../db/index.ts'

export type ItemCounts = {
  total: number
  open: number
  claimed: number
  done: number
  cached: number
  costUsd: number
  /** Conversations that are done, by outcome. */
  outcomes: Record<string, number>
  /** Why conversations were skipped or failed, by reason. */
  reasons: Record<string, number>
}

/** How the conversations of a backfill stand, from the counters that are kept with them: its items are not counted. */
export async function countItems(db: Db, backfillId: number): Promise<ItemCounts> {
  const { rows } = await sql<{
    outcome: string | null
    reason: string | null
    items: number
    cached: number
    cost_usd: number
    claimed: number
  }>`
    select outcome, reason, sum(items)::int as items, sum(cached)::int as cached, sum(cost_usd) as cost_usd,
      -- Never more than are in flight.
      (select count(*)::int from backfill_items where state = 'claimed' and backfill_id = ${backfillId}) as claimed
    from backfill_counts
    where backfill_id = ${backfillId}
    group by outcome, reason
    having sum(items) <> 0
  `.execute(db)
  const counts: ItemCounts = {
    total: 0,
    open: 0,
    claimed: rows[0]?.claimed ?? 0,
    done: 0,
    cached: 0,
    costUsd: 0,
    outcomes: {},
    reasons: {},
  }
  for (const { outcome, reason, items, cached, cost_usd } of rows) {
    counts.total += items
    counts.cached += cached
    counts.costUsd += cost_usd
    if (outcome !== null) {
      counts.done += items
      counts.outcomes[outcome] = (counts.outcomes[outcome] ?? 0) + items
    }
    if (reason !== null) counts.reasons[reason] = (counts.reasons[reason] ?? 0) + items
  }
  counts.open = counts.total - counts.done - counts.claimed
  return counts
}

/** How many conversations came to one end. */
export type ItemEnds = { outcome: string; reason: string | null; conversations: number }

/** The conversations that are done, by outcome and reason, the most frequent first. */
export async function countEnds(db: Db, backfillId: number): Promise<ItemEnds[]> {
  const { rows } = await sql<ItemEnds>`
    select outcome, reason, sum(items)::int as conversations
    from backfill_counts
    where backfill_id = ${backfillId} and outcome is not null
    group by outcome, reason
    having sum(items) <> 0
    order by conversations desc, outcome, reason
  `.execute(db)
  return rows
}
