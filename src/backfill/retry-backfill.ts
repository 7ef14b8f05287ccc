import type { Actor } from '../audit/index.ts'
import type { Db } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { retryRun, type SyncAnnouncements } from '../sync/index.ts'
import { getBackfill } from './store.ts'

/** Has tried again what a CRM refused of a backfill, see `retryRun`. Of a plan nothing was sent yet (409). */
export async function retryBackfill(
  deps: { db: Db; next: SyncAnnouncements },
  { id, actor }: { id: number; actor: Actor },
): Promise<{ runId: number; records: number }> {
  const { runId } = await getBackfill(deps.db, id)
  if (runId !== null) return retryRun(deps, { runId, actor })
  throw new AppError('backfill.state', 'skip', `backfill ${id} has not started`, { status: 409 })
}
