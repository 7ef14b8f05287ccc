import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '../db/index.ts'
import { getBackfill } from './store.ts'
import type { Backfill } from './types.ts'

/** A pause, a cancel and a change of speed are promised to be taken up within a second. */
const everyMs = 300

/**
 * Looks, for as long as a slice lasts, how the backfill stands now: whether somebody has paused, resumed, cancelled or parked it, or changed
 * its speed. What cannot be read now is read the next time. Ends with the signal.
 */
export async function watchOrders(
  db: Db,
  id: number,
  told: (backfill: Backfill) => void,
  signal: AbortSignal,
): Promise<void> {
  while (await waited(signal)) {
    const backfill: Backfill | undefined = await getBackfill(db, id).catch(() => undefined)
    if (backfill && !signal.aborted) told(backfill)
  }
}

function waited(signal: AbortSignal): Promise<boolean> {
  return sleep(everyMs, true, { signal }).catch(() => false)
}
