import { sql } from 'kysely'
import type { Wire } from '../crm/index.ts'
import type { Db } from '../db/index.ts'
import { type Decision, decisionKinds } from './says.ts'

/** What one run did to one cell. `before` and `after` are equal where nothing was written. */
export type RunCell = {
  connection: string
  externalId: string
  field: string
  before: Wire
  after: Wire
  decision: Decision
}

/**
 * Every cell a run decided on, with the value before and after, by record and field. Of what several conversations saw on one
 * cell it tells what the deciding one saw, else the foremost (`decisionKinds`).
 */
export async function runCells(db: Db, runId: number): Promise<RunCell[]> {
  const { rows } = await sql<{
    connection: string
    external_id: string
    field: string
    decision: Decision
    before: Wire
    after: Wire
    is_change: boolean
    seen: Wire
  }>`
    with decided as (
      select distinct on (links.record_id, cell.field) links.record_id, cell.field, cell.decision, contributions.push_id
      from contributions
      join links using (conversation_id, mapping)
      cross join lateral jsonb_each(contributions.decisions) as cell (field, decision)
      where contributions.run_id = ${runId} and links.record_id is not null
      order by links.record_id, cell.field, cell.decision ->> 'by' is distinct from contributions.conversation_id,
        array_position(${[...decisionKinds]}::text[], cell.decision ->> 'decision')
    )
    select crm_records.connection, crm_records.external_id, decided.field, decided.decision,
      change.value ->> 'before' as before, change.value ->> 'after' as after, change.value is not null as is_change,
      record_state.fields -> decided.field ->> 'seen' as seen
    from decided
    join crm_records on crm_records.id = decided.record_id
    left join record_state on record_state.record_id = decided.record_id
    left join ledger on ledger.push_id = decided.push_id and ledger.record_id = decided.record_id
    left join lateral (
      select value from jsonb_array_elements(ledger.changes) where value ->> 'field' = decided.field
    ) as change on true
    order by crm_records.connection, crm_records.id, decided.field
  `.execute(db)
  return rows.map((row) => ({
    connection: row.connection,
    externalId: row.external_id,
    field: row.field,
    before: row.is_change ? row.before : row.seen,
    after: row.is_change ? row.after : row.seen,
    decision: row.decision,
  }))
}
