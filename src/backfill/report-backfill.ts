import type { Db } from '../db/index.ts'
import type { Paces } from '../limits/index.ts'
import { type FailureGroup, type RunCell, runCells, runFailures } from '../sync/index.ts'
import { type BackfillStatus, backfillStatus } from './backfill-status.ts'
import { countEnds, type ItemEnds } from './count-items.ts'
import { type BackfillChanges, reportChanges } from './report-changes.ts'

export type BackfillReport = {
  status: BackfillStatus
  /** What was expected and what came, in USD. */
  cost: { estimatedUsd: number; actualUsd: number }
  /** What the analyses say otherwise than those before. */
  changes: BackfillChanges
  /** Conversations without a new analysis, by outcome and reason. */
  notAnalysed: ItemEnds[]
  /** Per record and field: before → after, the decision and what decided. */
  cells: RunCell[]
  /** What could not be written, by reason. */
  failures: FailureGroup[]
  /** The commands that take it back, and that have tried again what failed; null where that brings nothing. */
  commands: { undo: string | null; retryWrites: string | null; analyseAgain: string | null }
  /** True where nothing had to be asked, read twice or written: everything stood as it should. */
  nothingToDo: boolean
}

/** What a backfill has done, down to every cell it looked at. Throws 404 for an unknown one, and the reason of the signal. */
export async function reportBackfill(
  deps: { db: Db; now: () => Date; paces: Paces },
  id: number,
  signal?: AbortSignal,
): Promise<BackfillReport> {
  const status = await backfillStatus(deps, id, { isFresh: true })
  const { runId, estimate } = status.backfill
  const cells = runId === null ? [] : await runCells(deps.db, runId)
  const failures = runId === null ? [] : await runFailures(deps.db, runId)
  const notAnalysed = (await countEnds(deps.db, id)).filter(({ outcome }) => outcome !== 'ok')
  const hasFailed = notAnalysed.some(({ outcome }) => outcome !== 'skipped')
  const { calls } = status.pushes
  return {
    status,
    cost: { estimatedUsd: estimate.costUsd, actualUsd: status.items.costUsd },
    changes: await reportChanges(deps, id, signal),
    notAnalysed,
    cells,
    failures,
    commands: {
      undo: runId === null ? null : `afterword backfill undo ${id} --plan`,
      retryWrites: failures.length > 0 ? `afterword backfill retry ${id}` : null,
      // A failed analysis is never answered from the cache, the others are.
      analyseAgain: hasFailed ? `afterword backfill start ${id} --replan` : null,
    },
    nothingToDo: status.settled && status.modelCalls === 0 && calls.write === 0 && calls.history === 0,
  }
}
