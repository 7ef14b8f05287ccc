import { type RawBuilder, sql } from 'kysely'
import type { Wire } from '../crm/index.ts'
import { type Db, json, type Trx } from '../db/index.ts'
import { isStep } from '../mapping/index.ts'
import { eventLabel } from './decide.ts'
import type { PlannedCell } from './plan-cell.ts'
import type { RunCell } from './run-cells.ts'
import type { Decision } from './says.ts'
import type { TouchedLink } from './undo-store.ts'

/** What an undo does to one cell: what stood there, what it leaves there, and what decided. */
export type UndoneCell = { recordId: number; field: string; before: Wire; after: Wire; decision: Decision }

/** Notes which cells an undo reaches: those that the contributions it has moved say something about. Twice is safe. */
export async function noteUndoneCells(trx: Trx, runId: number, contributionIds: readonly number[]): Promise<void> {
  await sql`
    insert into run_cells (run_id, record_id, field)
    select distinct ${runId}::bigint, links.record_id, said.field
    from contributions
    join links using (conversation_id, mapping)
    cross join lateral jsonb_each(contributions.vals) as said (field, val)
    where contributions.id = any(${contributionIds}::bigint[]) and links.record_id is not null
      and said.val ->> 'says' <> 'silent'
    order by links.record_id, said.field
    on conflict do nothing
  `.execute(trx)
}

/** The same for conversations that were moved, removed or corrected: the cells that they, or those items, speak to. Twice is safe. */
export async function noteTouchedCells(trx: Trx, runId: number, touched: readonly TouchedLink[]): Promise<void> {
  if (touched.length === 0) return
  await sql`
    insert into run_cells (run_id, record_id, field)
    select distinct ${runId}::bigint, touched."recordId", said.field
    from jsonb_to_recordset(${json(touched)}::jsonb)
      as touched ("conversationId" text, mapping text, "recordId" bigint, item text)
    join contributions on contributions.conversation_id = touched."conversationId" and contributions.mapping = touched.mapping
    cross join lateral jsonb_each(contributions.vals) as said (field, val)
    join rules on rules.hash = said.val ->> 'rule'
    where contributions.state not in ('held', 'undone')
      and case when touched.item is null then said.val ->> 'says' <> 'silent' else ${names(sql.ref('touched.item'))} end
    order by touched."recordId", said.field
    on conflict do nothing
  `.execute(trx)
}

/** Whether a rule names an item, as its value or in its condition; as `itemsNamed` has it. */
function names(item: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`(rules.definition -> 'from' ? ${item} or jsonb_path_exists(rules.definition,
    '$.when.conditions[*] ? (@.field == "custom_analysis_data" && @.key == $item)', jsonb_build_object('item', ${item})))`
}

/** The cells of a run that nobody has decided yet. */
export async function openCells(trx: Trx, runId: number): Promise<{ recordId: number; field: string }[]> {
  const rows = await trx
    .selectFrom('run_cells')
    .select(['record_id', 'field'])
    .where('run_id', '=', runId)
    .where('decision', 'is', null)
    .execute()
  return rows.map((row) => ({ recordId: row.record_id, field: row.field }))
}

/** A record that a push is through with: under which mark, and what became of those of its cells that were not looked at. */
export type Ended = { recordId: number; seq: number; otherwise: Decision }

/**
 * Stores what a push has decided, for every undo that waits to hear of these records. Where an undo has marked a record
 * since the push took it, the push knew nothing of that undo, and the next one decides.
 */
export async function decideUndoneCells(
  trx: Trx,
  connection: string,
  ended: readonly Ended[],
  cells: readonly UndoneCell[],
): Promise<void> {
  if (ended.length === 0) return
  await sql`
    with ours as (
      select run_cells.run_id, run_cells.record_id, run_cells.field, decided.before, decided.after,
        coalesce(decided.decision, ended.otherwise) as decision
      from run_cells
      join jsonb_to_recordset(${json(ended)}::jsonb) as ended ("recordId" bigint, seq bigint, otherwise jsonb)
        on ended."recordId" = run_cells.record_id
      join marks on marks.connection = ${connection} and marks.record_id = run_cells.record_id and marks.seq = ended.seq
      left join jsonb_to_recordset(${json(cells)}::jsonb)
        as decided ("recordId" bigint, field text, before text, after text, decision jsonb)
        on decided."recordId" = run_cells.record_id and decided.field = run_cells.field
      where run_cells.decision is null
      order by run_cells.run_id, run_cells.record_id, run_cells.field
      for update of run_cells
    )
    update run_cells set before = ours.before, after = ours.after, decision = ours.decision
    from ours
    where run_cells.run_id = ours.run_id and run_cells.record_id = ours.record_id and run_cells.field = ours.field
  `.execute(trx)
}

/** The cells that an undo has restored or left, behind `after`, by record and field. */
export async function cellsOfUndo(
  db: Db,
  runId: number,
  { after, most }: { after: { recordId: number; field: string } | null; most: number },
): Promise<(RunCell & { recordId: number })[]> {
  const rows = await db
    .selectFrom('run_cells')
    .innerJoin('crm_records', 'crm_records.id', 'run_cells.record_id')
    .select(['record_id', 'connection', 'external_id', 'field', 'before', 'after', 'decision'])
    .where('run_id', '=', runId)
    .where('decision', 'is not', null)
    .where(sql<boolean>`(record_id, field) > (${after?.recordId ?? 0}::bigint, ${after?.field ?? ''}::text)`)
    .orderBy('record_id')
    .orderBy('field')
    .limit(most)
    .execute()
  return rows.map(({ record_id, external_id, decision, ...row }) => ({
    ...row,
    recordId: record_id,
    externalId: external_id,
    // Written by `decideUndoneCells`, and by nothing else.
    decision: decision as Decision,
  }))
}

/** Cells that wait to be decided go with a record to the one it was merged into; what that one has already counts there. */
export async function moveOpenCells(trx: Trx, from: number, to: number): Promise<void> {
  await sql`
    insert into run_cells (run_id, record_id, field)
    select run_id, ${to}::bigint, field from run_cells where record_id = ${from} and decision is null
    on conflict do nothing
  `.execute(trx)
  await trx.deleteFrom('run_cells').where('record_id', '=', from).where('decision', 'is', null).execute()
}

/**
 * What an undo comes to in one cell. Pure. Restored (`write`, `retract`) where the fold wants another value; else left, and why:
 * an edit or a value from before us stands (`kept_edit`, `kept_existing`), a conversation decides (`superseded`, with its run), or
 * nothing of the run was there to take back (`equal`).
 */
export function undoneCell(recordId: number, cell: PlannedCell): UndoneCell {
  const { field, before, act } = cell
  const isChange = act.action === 'write' || act.action === 'retract'
  return { recordId, field, before, after: isChange ? act.after : before, decision: decisionOf(cell) }
}

function decisionOf({ act, folded, rule, voices }: PlannedCell): Decision {
  const event = folded.decidedBy
  const by = event === null ? {} : { by: eventLabel(event) }
  if (act.action !== 'equal')
    return {
      decision: act.action,
      rule,
      ...by,
      ...(act.why === undefined ? {} : { why: act.why }),
      ...(act.code === undefined ? {} : { code: act.code }),
    }
  if (event === null) return { decision: 'equal', rule }
  if (!isStep(event)) return { decision: event.kind === 'edited' ? 'kept_edit' : 'kept_existing', rule, ...by }
  const voice = voices?.voices.find(({ linked }) => linked.conversationId === event.conversationId)
  const run = voice?.answer ? { why: `run ${voice.answer.runId}` } : {}
  return { decision: 'superseded', rule, ...by, ...run }
}
