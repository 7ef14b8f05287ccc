import { stoppedHold } from '../crm/index.ts'
import type { Db } from '../db/index.ts'
import { type Paces, standingHold } from '../limits/index.ts'
import { nothingPushed, type RunPushes } from '../sync/index.ts'
import { countBroughtAbout, type LaneCalls, noCalls } from './count-brought-about.ts'
import { countItems, type ItemCounts } from './count-items.ts'
import { measureRate } from './measure-rate.ts'
import { getBackfill } from './store.ts'
import type { Backfill } from './types.ts'

export type BackfillStatus = {
  backfill: Backfill
  items: ItemCounts
  /** Conversations a minute of late, and the seconds that those left take at that rate; null where it stands still or has just begun. */
  ratePerMinute: number | null
  secondsLeft: number | null
  /** Model calls that were begun on behalf of this run, answered or not. */
  modelCalls: number
  /** Answers about conversations by the lane that served them, and how often flex had no room. */
  lanes: LaneCalls
  pushes: RunPushes
  /** Connections that hold what is to be pushed, with why, until when, and how many contributions wait for it. */
  holds: { connection: string; contributions: number; why: string; until: Date }[]
  /** Everything analysed and everything pushed that can be. */
  settled: boolean
}

const notGoing = { ratePerMinute: null, secondsLeft: null }

/** How far a backfill is, from counters that are kept with what they count. Throws 404 for an unknown one. */
export async function backfillStatus(
  deps: { db: Db; now: () => Date; paces: Paces },
  id: number,
  { isFresh = false }: { isFresh?: boolean } = {},
): Promise<BackfillStatus> {
  const backfill = await getBackfill(deps.db, id)
  const { runId, state } = backfill
  const items = await countItems(deps.db, id)
  if (runId === null)
    return {
      backfill,
      items,
      ...notGoing,
      modelCalls: 0,
      lanes: noCalls,
      pushes: nothingPushed,
      holds: [],
      settled: false,
    }
  const going = state === 'running' && !backfill.parked ? await progressOf(deps.db, id, items) : notGoing
  const { modelCalls, lanes, pushes } = await countBroughtAbout(deps.db, {
    runId,
    state,
    conversations: items.total,
    isFresh,
  })
  const settled = (state === 'done' && pushes.waiting === 0) || state === 'cancelled'
  return { backfill, items, ...going, modelCalls, lanes, pushes, holds: await holdsOf(deps, pushes), settled }
}

async function progressOf(db: Db, id: number, { open, claimed }: ItemCounts) {
  const ratePerMinute = await measureRate(db, id)
  return { ratePerMinute, secondsLeft: ratePerMinute === null ? null : ((open + claimed) / ratePerMinute) * 60 }
}

async function holdsOf(deps: { db: Db; now: () => Date; paces: Paces }, { connections }: RunPushes) {
  const waiting = Object.entries(connections).filter(([, totals]) => totals.waiting > 0)
  const holds = waiting.map(async ([connection, totals]) => {
    const hold = (await stoppedHold(deps.db, connection)) ?? (await standingHold(deps, connection))
    return hold === null ? [] : [{ connection, contributions: totals.waiting, ...hold }]
  })
  return (await Promise.all(holds)).flat()
}
