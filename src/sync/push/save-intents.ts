import { sql } from 'kysely'
import type { WriteRow } from '../../crm/index.ts'
import { json, type Trx } from '../../db/index.ts'
import { eventLabel } from '../decide.ts'
import type { Mark } from '../marks.ts'
import type { PlannedCell } from '../plan-cell.ts'
import type { PlannedRecord } from '../plan-records.ts'
import { saveCells, saveEvents } from '../timeline/store.ts'
import type { CellState } from '../timeline/types.ts'

export type Intent = { ledgerId: number; recordId: number; planned: PlannedRecord; cells: PlannedCell[]; row: WriteRow }

/**
 * Stores, before anything is sent, what a push is about to write, together with every base, edit and value it has seen:
 * so a crash never turns our own value into somebody's base. Earlier intents whose end is now known get their outcome.
 */
export async function saveIntents(
  trx: Trx,
  push: { pushId: string; connection: string; planned: PlannedRecord[]; marks: Mark[] },
): Promise<Intent[]> {
  const { pushId, connection, planned } = push
  await trx.insertInto('pushes').values({ id: pushId, connection, records: planned.length }).execute()
  await saveEvents(
    trx,
    planned.flatMap(({ facts, cells }) =>
      cells.flatMap((cell) =>
        cell.classified.events.map((event) => ({ ...event, recordId: facts.recordId, field: cell.field })),
      ),
    ),
  )
  await saveCells(
    trx,
    planned.map(({ facts, cells }) => ({ recordId: facts.recordId, cells: statesOf(cells) })),
  )
  await closeIntents(trx, planned)
  const drafts = planned.flatMap((record) => {
    const cells = record.cells.filter((cell) => cell.act.action === 'write' || cell.act.action === 'retract')
    return cells.length > 0 && record.reading ? [{ record, cells, externalId: record.reading.externalId }] : []
  })
  if (drafts.length === 0) return []
  const rows = await trx
    .insertInto('ledger')
    .values(
      drafts.map(({ record, cells }) => ({
        push_id: pushId,
        connection,
        record_id: record.facts.recordId,
        run_id: newestRun(record, push.marks),
        changes: json(cells.map(changeOf)),
      })),
    )
    .returning(['id', 'record_id'])
    .execute()
  const ledgerIds = new Map(rows.map((row) => [row.record_id, row.id]))
  return drafts.flatMap(({ record, cells, externalId }) => {
    const ledgerId = ledgerIds.get(record.facts.recordId)
    const values = Object.fromEntries(cells.map((cell) => [cell.field, cell.act.after]))
    return ledgerId === undefined
      ? []
      : [{ ledgerId, recordId: record.facts.recordId, planned: record, cells, row: { externalId, values } }]
  })
}

function statesOf(cells: PlannedCell[]): Record<string, CellState> {
  return Object.fromEntries(
    cells.map(({ field, rule, classified: { state } }) => [field, rule === '' ? state : { ...state, rule }]),
  )
}

function changeOf(cell: PlannedCell) {
  return {
    field: cell.field,
    before: cell.before,
    after: cell.act.after,
    decision: cell.act.action,
    rule: cell.rule,
    event: cell.folded.decidedBy === null ? null : eventLabel(cell.folded.decidedBy),
  }
}

/** The run whose id a write carries: of those whose contributions it pushes, and of the one that marked the record, the newest. */
function newestRun(record: PlannedRecord, marks: readonly Mark[]): number | null {
  const marked = marks.flatMap((mark) => (mark.recordId === record.facts.recordId ? (mark.runId ?? []) : []))
  const runs = [...marked, ...record.facts.pending.map((contribution) => contribution.runId)]
  return runs.length > 0 ? Math.max(...runs) : null
}

/** What a dead pusher left: written after all where a value of it stands in the CRM now, else never sent. */
async function closeIntents(trx: Trx, planned: PlannedRecord[]): Promise<void> {
  const open = planned.flatMap(({ facts, cells }) =>
    facts.intents
      .filter((intent) => intent.open)
      .map((intent) => ({
        id: intent.ledgerId,
        landed: cells.some(
          ({ field, classified: { state } }) => field in intent.values && state.sent === intent.values[field],
        ),
      })),
  )
  for (const outcome of ['written', 'unsent'] as const) {
    const ids = open.filter((intent) => intent.landed === (outcome === 'written')).map((intent) => intent.id)
    if (ids.length === 0) continue
    await trx
      .updateTable('ledger')
      .set({ outcome, answered_at: sql<Date>`now()`, detail: json({ found: 'by reading' }) })
      .where('id', 'in', ids)
      .where('outcome', 'is', null)
      .execute()
  }
}
