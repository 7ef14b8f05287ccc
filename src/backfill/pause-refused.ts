import type { Trx } from '../db/index.ts'
import { pauseIn } from './pause-backfill.ts'
import { stoppableStates } from './stoppable-states.ts'
import { getBackfill } from './store.ts'

const actor = { kind: 'system', name: 'push' } as const

/** Stops the backfill of this run for a person, unless it stands still already; a run of anything else goes on. Twice is safe. */
export async function pauseRefused(trx: Trx, { runId, why }: { runId: number; why: string }): Promise<void> {
  const row = await trx.selectFrom('backfills').select('id').where('run_id', '=', runId).forUpdate().executeTakeFirst()
  if (!row) return
  const [{ state }, stoppable] = [await getBackfill(trx, row.id), await stoppableStates(trx, row.id)]
  if (stoppable.includes(state)) await pauseIn(trx, { id: row.id, actor, why })
}
