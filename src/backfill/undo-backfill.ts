import type { Actor } from '../audit/index.ts'
import type { Db } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { type PlanDeps, planUndo, type SyncAnnouncements, undoRun } from '../sync/index.ts'
import { getBackfill } from './store.ts'

/**
 * Undoes what a backfill has done, see `undoRun`; it may be undone while paused, done or cancelled. A plan has done nothing
 * yet, and one that runs has to be paused first (409 both).
 */
export async function undoBackfill(
  deps: { db: Db; next: SyncAnnouncements },
  input: { id: number; actor: Actor; reason: string },
): Promise<{ runId: number; records: number }> {
  const runId = await runToUndo(deps.db, input.id)
  return undoRun(deps, { runId, actor: input.actor, reason: input.reason })
}

/** What that would come to, see `planUndo`. Refuses as `undoBackfill` does. */
export async function planUndoOfBackfill(
  deps: PlanDeps,
  { id, ...input }: { id: number; actor: Actor; reason: string; after?: number; most?: number },
): ReturnType<typeof planUndo> {
  return planUndo(deps, { ...input, runId: await runToUndo(deps.db, id) })
}

async function runToUndo(db: Db, id: number): Promise<number> {
  const { runId, state } = await getBackfill(db, id)
  if (runId !== null && state !== 'running') return runId
  const why = runId === null ? 'has not started' : 'is running: pause it first'
  throw new AppError('backfill.state', 'skip', `backfill ${id} ${why}`, { status: 409 })
}
