import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '../db/index.ts'
import { getBackfill } from './store.ts'
import type { Backfill } from './types.ts'

/** A pause, a cancel and a change of speed are promised to be taken up within a second. */
const everyMs = 300

/**
 * Looks, for as long as a slice lasts, whether somebody has paused, cancelled or parked the backfill (`stopped`) or changed its
 * speed. What cannot be read now is read the next time. Ends with the signal.
 */
export async function watchOrders(
  db: Db,
  id: number,
  told: { stopped: () => void; speed: (concurrency: number) => void },
  signal: AbortSignal,
): Promise<void> {
  while (await waited(signal)) {
    const backfill: Backfill | undefined = await getBackfill(db, id).catch(() => undefined)
    if (!backfill || signal.aborted) continue
    if (backfill.state !== 'running' || backfill.parked) return told.stopped()
    told.speed(backfill.concurrency)
  }
}

function waited(signal: AbortSignal): Promise<boolean> {
  return sleep(everyMs, true, { signal }).catch(() => false)
}
