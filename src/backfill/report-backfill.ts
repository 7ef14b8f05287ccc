import type { Db } from '../db/index.ts'
import type { Paces } from '../limits/index.ts'
import { type FailureGroup, type RunCell, runCells, runFailures } from '../sync/index.ts'
import { type BackfillStatus, backfillStatus } from './backfill-status.ts'

export type BackfillReport = {
  status: BackfillStatus
  /** What was expected and what came, in USD. */
  cost: { estimatedUsd: number; actualUsd: number }
  /** Per record and field: before → after, the decision and what decided. */
  cells: RunCell[]
  /** What could not be written, by reason. */
  failures: FailureGroup[]
  /** True where nothing had to be asked, read twice or written: everything stood as it should. */
  nothingToDo: boolean
}

/** What a backfill has done, down to every cell it looked at. Throws 404 for an unknown one. */
export async function reportBackfill(
  deps: { db: Db; now: () => Date; paces: Paces },
  id: number,
): Promise<BackfillReport> {
  const status = await backfillStatus(deps, id)
  const { runId, estimate } = status.backfill
  const cells = runId === null ? [] : await runCells(deps.db, runId)
  const failures = runId === null ? [] : await runFailures(deps.db, runId)
  const { calls } = status.pushes
  return {
    status,
    cost: { estimatedUsd: estimate.costUsd, actualUsd: status.items.costUsd },
    cells,
    failures,
    nothingToDo: status.settled && status.modelCalls === 0 && calls.write === 0 && calls.history === 0,
  }
}
