import { sql } from 'kysely'
import { isThere } from '../../conversations/index.ts'
import type { Db } from '../../db/index.ts'
import type { Value } from '../../mapping/index.ts'
import type { Label } from './label.ts'

/** Behind `after`, the conversations of which a person has corrected something that stands, as labels, by id. */
export async function selectCorrected(
  db: Db,
  page: { after: string; most: number; agentId?: string },
): Promise<Label[]> {
  const { after, most, agentId } = page
  const ids = db
    .selectFrom('corrections')
    .innerJoin('runs', 'runs.id', 'corrections.run_id')
    .innerJoin('conversations', 'conversations.id', 'corrections.conversation_id')
    .select('conversation_id')
    .distinct()
    .where('undone_by', 'is', null)
    .where('conversation_id', '>', after)
    .where(isThere)
    .$if(agentId !== undefined, (query) => query.where('agent_id', '=', agentId ?? ''))
    .orderBy('conversation_id')
    .limit(most)
  const rows = await db
    .selectFrom('corrections')
    .innerJoin('runs', 'runs.id', 'corrections.run_id')
    .distinctOn(['conversation_id', 'item'])
    .select(['conversation_id', 'item', 'value'])
    .where('conversation_id', 'in', ids)
    .where('undone_by', 'is', null)
    .orderBy('conversation_id')
    .orderBy('item')
    .orderBy('run_id', 'desc')
    .execute()
  return [...Map.groupBy(rows, (row) => row.conversation_id)].map(([conversationId, corrected]) => ({
    conversationId,
    // Written by `insertCorrection`, and by nothing else.
    expected: new Map(corrected.map(({ item, value }) => [item, value as Value])),
    isSuccessful: null,
    isEmpty: false,
  }))
}

/**
 * What making these analyses took, whenever that was: vendors' analyses and those without an attempt count for nothing. `calls` are the
 * conversations asked about, `metered` those of which every try has a known cost.
 */
export type Effort = { calls: number; metered: number; costUsd: number; seconds: number; models: string[] }

/** Per analysis all tries of the run that asked, which is not always the run that kept it. */
export async function selectEffort(db: Db, analysisIds: number[]): Promise<Effort> {
  const { rows } = await sql<Effort>`
    select count(last.id)::int as calls, count(last.id) filter (where tries.metered)::int as metered,
      coalesce(sum(tries.cost_usd) filter (where tries.metered), 0)::float8 as "costUsd",
      coalesce(sum(tries.seconds), 0)::float8 as seconds,
      coalesce(array_agg(distinct analyses.model), '{}') as models
    from analyses
    left join attempts as last on last.id = analyses.attempt_id
    left join lateral (
      select bool_and(cost_usd is not null) as metered, sum(cost_usd) as cost_usd,
        sum(extract(epoch from ended_at - started_at)) as seconds
      from attempts
      where conversation_id = last.conversation_id and run_id = last.run_id and purpose = last.purpose and state = 'ended'
    ) as tries on true
    where analyses.id = any(${analysisIds}::bigint[])`.execute(db)
  return rows[0] ?? { calls: 0, metered: 0, costUsd: 0, seconds: 0, models: [] }
}
