import type { WriteRow } from '../../crm/index.ts'
import type { Trx } from '../../db/index.ts'
import { eventLabel } from '../decide.ts'
import type { Mark } from '../marks.ts'
import { saveStretches } from '../merge/store.ts'
import type { PlannedCell } from '../plan-cell.ts'
import type { PlannedRecord } from '../plan-records.ts'
import type { RecordFacts } from '../timeline/load-facts.ts'
import { saveCells, saveEvents } from '../timeline/store.ts'
import type { CellState } from '../timeline/types.ts'
import { type Change, closeIntents, type IntentEnd, insertIntents, insertPush } from './ledger-store.ts'

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
  await saveStretches(trx, planned.flatMap(stretchesOf))
  await insertPush(trx, { pushId, connection, records: planned.length })
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
    planned.map(({ facts, cells, reading }) => ({
      recordId: facts.recordId,
      cells: statesOf(cells),
      changedAt: reading?.changedByUs === false ? reading.changedAt : null,
    })),
  )
  await closeIntents(trx, planned.flatMap(endsOf))
  const drafts = planned.flatMap((record) => {
    const cells = record.cells.filter(isWrite)
    return cells.length > 0 && record.reading ? [{ record, cells, reading: record.reading }] : []
  })
  const intents = drafts.map(({ record, cells }) => ({
    recordId: record.facts.recordId,
    runId: newestRun(record.facts, push.marks),
    changes: cells.map(changeOf),
  }))
  const ledgerIds = await insertIntents(trx, push, intents)
  return drafts.flatMap(({ record, cells, reading: { externalId, parentId, changedAt } }) => {
    const { recordId } = record.facts
    const ledgerId = ledgerIds.get(recordId)
    const values = Object.fromEntries(cells.map((cell) => [cell.field, cell.act.after]))
    return ledgerId === undefined
      ? []
      : [{ ledgerId, recordId, planned: record, cells, row: { externalId, values, parentId, changedAt } }]
  })
}

/** Whether a push means to write a record. */
export function isToWrite({ cells, reading }: PlannedRecord): boolean {
  return reading !== null && cells.some(isWrite)
}

function isWrite({ act }: PlannedCell): boolean {
  return act.action === 'write' || act.action === 'retract'
}

function statesOf(cells: PlannedCell[]): Record<string, CellState> {
  return Object.fromEntries(
    cells.map(({ field, rule, classified: { state } }) => [field, rule === '' ? state : { ...state, rule }]),
  )
}

/** Every text that a cell rests on: what a model has made of blocks is used by what was made of them. */
function stretchesOf({ facts: { recordId }, cells }: PlannedRecord) {
  return cells.flatMap(({ field, folded: { merges = [], needs } }) =>
    merges.filter((merge) => merge !== needs).map((merge) => ({ recordId, field, merge })),
  )
}

function changeOf(cell: PlannedCell): Change {
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
export function newestRun({ recordId, pending }: RecordFacts, marks: readonly Mark[]): number | null {
  const marked = marks.flatMap((mark) => (mark.recordId === recordId ? (mark.runId ?? []) : []))
  const runs = [...marked, ...pending.map((contribution) => contribution.runId)]
  return runs.length > 0 ? Math.max(...runs) : null
}

/**
 * What a dead pusher left: written after all where a value of it stands in the CRM now, or has come there since we looked last; else
 * never sent. That the same was sent once before says nothing.
 */
function endsOf({ facts, cells }: PlannedRecord): IntentEnd[] {
  const detail = { found: 'by reading' }
  return facts.intents.flatMap(({ ledgerId: id, open, values }) => {
    if (!open) return []
    const landed = cells.some(
      ({ field, classified: { state, wrote } }) =>
        field in values && state.sent === values[field] && (state.ours || wrote),
    )
    return [{ id, outcome: landed ? 'written' : 'unsent', detail }]
  })
}
