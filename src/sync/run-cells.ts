import { type RawBuilder, sql } from 'kysely'
import type { Wire } from '../crm/index.ts'
import type { Db } from '../db/index.ts'
import { writtenFor } from './run-writes.ts'
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
 * Every cell a run decided on, by record and field: the value before its first write and after its last. Of what several
 * conversations saw on one cell it tells what the deciding one saw, else the foremost (`decisionKinds`).
 */
export async function runCells(db: Db, runId: number): Promise<RunCell[]> {
  const rows = await readCells(db, runId, sql`order by crm_records.connection, crm_records.id, decided.field`)
  return rows.map(({ recordId: _ours, ...cell }) => cell)
}

/** The same behind `after`, with the record's id among ours. */
export async function runCellsAfter(
  db: Db,
  runId: number,
  { after, most }: { after: { recordId: number; field: string } | null; most: number },
): Promise<(RunCell & { recordId: number })[]> {
  const page = sql`
    where (crm_records.id, decided.field) > (${after?.recordId ?? 0}::bigint, ${after?.field ?? ''}::text)
    order by crm_records.id, decided.field
    limit ${most}`
  return readCells(db, runId, page, after?.recordId ?? 0)
}

async function readCells(
  db: Db,
  runId: number,
  part: RawBuilder<unknown>,
  // Only records from this one on: a condition that the server cannot take into what is grouped by itself.
  from = 0,
): Promise<(RunCell & { recordId: number })[]> {
  const { rows } = await sql<{
    record_id: number
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
      select distinct on (links.record_id, cell.field) links.record_id, cell.field, cell.decision
      from contributions
      join links using (conversation_id, mapping)
      cross join lateral jsonb_each(contributions.decisions) as cell (field, decision)
      where contributions.run_id = ${runId} and links.record_id >= ${from}::bigint
      order by links.record_id, cell.field, cell.decision ->> 'by' is distinct from contributions.conversation_id,
        array_position(${[...decisionKinds]}::text[], cell.decision ->> 'decision'), contributions.decided_at desc,
        contributions.conversation_id collate "C"
    ), changed as (
      select ledger.record_id, change.field, (array_agg(change.before order by ledger.id))[1] as before,
        (array_agg(change.after order by ledger.id desc))[1] as after
      from ledger
      cross join lateral jsonb_to_recordset(ledger.changes) as change (field text, before text, after text)
      where ${writtenFor(runId)} and ledger.record_id >= ${from}::bigint
        and not jsonb_path_exists(ledger.detail, '$.rejectedFields[*] ? (@.field == $field)', jsonb_build_object('field', change.field))
      group by ledger.record_id, change.field
    )
    select crm_records.id as record_id, crm_records.connection, crm_records.external_id, decided.field, decided.decision,
      changed.before, changed.after, changed.field is not null as is_change,
      record_state.fields -> decided.field ->> 'seen' as seen
    from decided
    join crm_records on crm_records.id = decided.record_id
    left join record_state on record_state.record_id = decided.record_id
    left join changed on changed.record_id = decided.record_id and changed.field = decided.field
    ${part}
  `.execute(db)
  return rows.map((row) => ({
    recordId: row.record_id,
    connection: row.connection,
    externalId: row.external_id,
    field: row.field,
    before: row.is_change ? row.before : row.seen,
    after: row.is_change ? row.after : row.seen,
    decision: row.decision,
  }))
}
