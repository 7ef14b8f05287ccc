import { type Actor, recordEntry } from '../audit/index.ts'
import { type Db, type Trx, transact } from '../db/index.ts'
import { holdRun } from '../sync/index.ts'
import { stoppableStates } from './stoppable-states.ts'
import { moveBackfill } from './store.ts'
import type { Backfill } from './types.ts'

/**
 * Stops taking up new conversations at once. Model calls in flight end and are kept; what was released but not yet pushed
 * is held until `resumeBackfill`. Only a backfill that runs, or whose pushes wait, can be paused (409 otherwise).
 */
export async function pauseBackfill(
  deps: { db: Db },
  input: { id: number; actor: Actor; why?: string },
): Promise<Backfill> {
  return transact(deps.db, (trx) => pauseIn(trx, input))
}

/** The same in a transaction of somebody else. */
export async function pauseIn(
  trx: Trx,
  { id, actor, why }: { id: number; actor: Actor; why?: string },
): Promise<Backfill> {
  const backfill = await moveBackfill(trx, id, await stoppableStates(trx, id), 'paused', {
    paused_why: why ?? null,
  })
  if (backfill.runId !== null) await holdRun(trx, backfill.runId)
  await recordEntry(trx, {
    actor,
    action: 'backfill.paused',
    subject: { kind: 'backfill', id: String(id) },
    ...(why === undefined ? {} : { after: { why } }),
  })
  return backfill
}
