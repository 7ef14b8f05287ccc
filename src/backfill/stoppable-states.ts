import type { BackfillState, Trx } from '../db/index.ts'
import { isWaiting } from '../sync/index.ts'
import { getBackfill } from './store.ts'

/** The states a backfill can be stopped in now. One is done when all is analysed; while its pushes wait there is still something to stop. */
export async function stoppableStates(trx: Trx, id: number): Promise<BackfillState[]> {
  const { runId, state } = await getBackfill(trx, id)
  const isPushing = state === 'done' && runId !== null && (await isWaiting(trx, runId))
  return isPushing ? ['running', 'done'] : ['running']
}
