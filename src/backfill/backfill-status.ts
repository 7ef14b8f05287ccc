import { stoppedHold } from '../crm/index.ts'
import type { Db } from '../db/index.ts'
import { type Paces, standingHold } from '../limits/index.ts'
import { nothingPushed, type RunPushes, runPushes } from '../sync/index.ts'
import { countItems, type ItemCounts } from './count-items.ts'
import { getBackfill } from './store.ts'
import type { Backfill } from './types.ts'

export type BackfillStatus = {
  backfill: Backfill
  items: ItemCounts
  /** Model calls that were begun on behalf of this run, answered or not. */
  modelCalls: number
  pushes: RunPushes
  /** Connections that hold what is to be pushed, with why, until when, and how many contributions wait for it. */
  holds: { connection: string; contributions: number; why: string; until: Date }[]
  /** Everything analysed and everything pushed that can be. */
  settled: boolean
}

/** How far a backfill is, counted from what is stored. Throws 404 for an unknown one. */
export async function backfillStatus(
  deps: { db: Db; now: () => Date; paces: Paces },
  id: number,
): Promise<BackfillStatus> {
  const backfill = await getBackfill(deps.db, id)
  const { runId, state } = backfill
  const items = await countItems(deps.db, id)
  if (runId === null) return { backfill, items, modelCalls: 0, pushes: nothingPushed, holds: [], settled: false }
  const { modelCalls } = await deps.db
    .selectFrom('attempts')
    .select((eb) => eb.fn.countAll<number>().as('modelCalls'))
    .where('run_id', '=', runId)
    .executeTakeFirstOrThrow()
  const pushes = await runPushes(deps.db, runId)
  const settled = (state === 'done' && pushes.waiting === 0) || state === 'cancelled'
  return { backfill, items, modelCalls, pushes, holds: await holdsOf(deps, pushes), settled }
}

async function holdsOf(deps: { db: Db; now: () => Date; paces: Paces }, { connections }: RunPushes) {
  const waiting = Object.entries(connections).filter(([, totals]) => totals.waiting > 0)
  const holds = waiting.map(async ([connection, totals]) => {
    const hold = (await stoppedHold(deps.db, connection)) ?? (await standingHold(deps, connection))
    return hold === null ? [] : [{ connection, contributions: totals.waiting, ...hold }]
  })
  return (await Promise.all(holds)).flat()
}
