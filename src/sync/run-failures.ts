import { sql } from 'kysely'
import type { Db } from '../db/index.ts'
import { type DecisionKind, decisionKinds } from './says.ts'

/** Decisions by which a cell does not hold what it should, until somebody mends what is in the way. */
export const failedKinds = ['rejected', 'contested'] as const satisfies DecisionKind[]

/** Cells that a run could not bring to what they should hold, for one reason. Names and codes: never a value. */
export type FailureGroup = {
  connection: string
  decision: (typeof failedKinds)[number]
  /** The CRM's code for the refusal, else why we did not send it. */
  reason: string
  cells: number
  example: { externalId: string; field: string }
}

const mostGroups = 100

/** What a run has failed at, by connection and reason, the most frequent first: at most 100 groups. Each cell counts once, as in `runCells`. */
export async function runFailures(db: Db, runId: number): Promise<FailureGroup[]> {
  const { rows } = await sql<Omit<FailureGroup, 'example'> & { externalId: string; field: string }>`
    with decided as (
      select distinct on (links.record_id, cell.field) links.record_id, cell.field, cell.decision
      from contributions
      join links using (conversation_id, mapping)
      cross join lateral jsonb_each(contributions.decisions) as cell (field, decision)
      where contributions.run_id = ${runId} and links.record_id is not null
      order by links.record_id, cell.field, cell.decision ->> 'by' is distinct from contributions.conversation_id,
        array_position(${[...decisionKinds]}::text[], cell.decision ->> 'decision')
    ), uncreated as (
      select contributions.connection, contributions.conversation_id, cell.field, cell.decision
      from contributions
      join links using (conversation_id, mapping)
      cross join lateral jsonb_each(contributions.decisions) as cell (field, decision)
      where contributions.run_id = ${runId} and links.record_id is null
    ), cells as (
      select connection, external_id, record_id, field, decision from decided join crm_records on crm_records.id = record_id
      union all
      select connection, external_id, record_id, field, decision
      from run_cells join crm_records on crm_records.id = record_id where run_id = ${runId}
      union all
      select connection, 'new, for ' || conversation_id, null, field, decision from uncreated
    )
    select connection, decision ->> 'decision' as decision, ${reason} as reason, count(*)::int as cells,
      (array_agg(external_id order by record_id, field))[1] as "externalId", (array_agg(field order by record_id, field))[1] as field
    from cells
    where decision ->> 'decision' = any(${[...failedKinds]}::text[])
    group by 1, 2, 3
    order by cells desc, 1, 2, 3
    limit ${mostGroups}
  `.execute(db)
  return rows.map(({ externalId, field, ...group }) => ({ ...group, example: { externalId, field } }))
}

/** Without a code the reason is our own, which quotes nothing. What is contested is so for one reason. */
const reason = sql<string>`case decision ->> 'decision'
  when 'contested' then 'set back by something that is no person'
  else coalesce(decision ->> 'code', decision ->> 'why', 'refused') end`
