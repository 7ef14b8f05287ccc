import { sql } from 'kysely'
import type { Db } from '../db/index.ts'

/** Which analysis a run made or took from the cache, and which one counted until then; null: none did. */
export type AnalysesAround = { conversationId: string; beforeId: number | null; afterId: number }

/**
 * Of these conversations, those that a run gave an analysis to. An earlier run that is out of force now, or held, counts as if it had never
 * been. What a run took from the cache is known by what it said to a mapping: without any mapping it is left out.
 */
export async function analysesAround(db: Db, runId: number, conversationIds: string[]): Promise<AnalysesAround[]> {
  const { rows } = await sql<AnalysesAround>`
    with released as (
      select conversation_id, id, number, run_id from analyses
      where conversation_id = any(${conversationIds}) and outcome = 'ok' and kept_at is not null and run_id <= ${runId}
        and (run_id = ${runId} or not exists (
          select from contributions as undecided
          where undecided.conversation_id = analyses.conversation_id and undecided.run_id = analyses.run_id and undecided.state = 'held'
        ))
      union
      select analyses.conversation_id, analyses.id, analyses.number, contributions.run_id
      from contributions join analyses on analyses.id = contributions.analysis_id
      where contributions.conversation_id = any(${conversationIds}) and contributions.run_id <= ${runId}
        and (contributions.run_id = ${runId} or contributions.state not in ('held', 'undone'))
    ), given as (
      select distinct on (conversation_id) conversation_id, id from released
      where run_id = ${runId} order by conversation_id, number desc
    ), earlier as (
      select distinct on (released.conversation_id) released.conversation_id, released.id
      from released join runs on runs.id = released.run_id
      where released.run_id < ${runId} and runs.undone_by is null
      order by released.conversation_id, released.run_id desc, released.number desc
    )
    select given.conversation_id as "conversationId", earlier.id as "beforeId", given.id as "afterId"
    from given left join earlier using (conversation_id)`.execute(db)
  return rows
}
