import { hasRoom } from '../limits/index.ts'
import { selectSpenders, wakeOldest } from './due-store.ts'
import type { TriggerDeps } from './types.ts'

/**
 * Makes requests due that a spending limit has parked, as soon as it leaves enough for the oldest of them: some of each spender, for
 * what is left may not do for all. What does not fit is parked once more.
 */
export async function wakeParked(deps: Pick<TriggerDeps, 'db' | 'now' | 'model'>): Promise<void> {
  for (const { runId, needsUsd } of await selectSpenders(deps.db)) {
    if (await hasRoom(deps, { runId, usd: needsUsd })) await wakeOldest(deps.db, runId)
  }
}
