import { sql } from 'kysely'
import type { Db, RunKind } from '../db/index.ts'
import { notFound } from '../errors.ts'
import { createdBy } from './create/store.ts'
import { type RunCell, runCellsAfter } from './run-cells.ts'
import { type FailureGroup, runFailures } from './run-failures.ts'
import type { DecisionKind } from './says.ts'
import { cellsOfUndo } from './undo-cells.ts'

export type RunReport = {
  id: number
  kind: RunKind
  actor: string
  reason: string
  /** The run that it undoes, and the one that has undone it. */
  undoes: number | null
  undoneBy: number | null
  startedAt: Date
  /** Of an undo: its cells by decision, each once. */
  decisions: Partial<Record<DecisionKind, number>>
  /** Of an undo: cells that no push has come to yet. */
  waiting: number
  /** What could not be written, by reason. */
  failures: FailureGroup[]
  /** Records that this run created in each connection, or that the run it undoes had: an undo empties what was written, and leaves them. */
  created: { connection: string; records: number }[]
}

/** A run, and of an undo what it came to: `write` and `retract` are cells restored, all others were left. Throws 404. */
export async function reportRun(db: Db, id: number): Promise<RunReport> {
  const run = await db.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirst()
  if (!run) throw notFound('run', String(id))
  const counts = await db
    .selectFrom('run_cells')
    .select((eb) => [
      sql<DecisionKind | null>`decision ->> 'decision'`.as('kind'),
      eb.fn.countAll<number>().as('cells'),
    ])
    .where('run_id', '=', id)
    .groupBy('kind')
    .execute()
  return {
    id,
    kind: run.kind,
    actor: run.actor,
    reason: run.reason,
    undoes: run.undoes,
    undoneBy: run.undone_by,
    startedAt: run.started_at,
    decisions: Object.fromEntries(counts.flatMap(({ kind, cells }) => (kind === null ? [] : [[kind, cells]]))),
    waiting: counts.find(({ kind }) => kind === null)?.cells ?? 0,
    failures: await runFailures(db, id),
    created: await createdBy(db, run.undoes ?? id),
  }
}

/** Where a page of cells ends: the record and its field. */
export type CellKey = { recordId: number; field: string }

/**
 * The cells of a run behind `after`, by record and field: of an undo those that it has restored or left, of any other run
 * those that it decided on. `next` is where the next page begins, null at the end. Throws 404.
 */
export async function listRunCells(
  db: Db,
  id: number,
  page: { after: CellKey | null; most: number },
): Promise<{ cells: RunCell[]; next: CellKey | null }> {
  const run = await db.selectFrom('runs').select('kind').where('id', '=', id).executeTakeFirst()
  if (!run) throw notFound('run', String(id))
  const rows = await (run.kind === 'undo' ? cellsOfUndo(db, id, page) : runCellsAfter(db, id, page))
  const last = rows.at(-1)
  const next = rows.length < page.most || !last ? null : { recordId: last.recordId, field: last.field }
  return { cells: rows.map(({ recordId: _ours, ...cell }) => cell), next }
}
