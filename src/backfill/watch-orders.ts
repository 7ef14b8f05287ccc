import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '../db/index.ts'
import { type Orders, readOrders } from './store.ts'

/** A pause, a cancel and a change of speed are promised to be taken up within a second. */
const everyMs = 300

type Told = (orders: Orders) => void

/** Who is told, by backfill: the lanes of one process look together. */
const watched = new WeakMap<Db, Map<number, Set<Told>>>()

/**
 * Looks, for as long as a slice lasts, how the backfill stands now: whether somebody has paused, resumed, cancelled or parked it, or changed
 * its speed. What cannot be read now is read the next time. Ends with the signal.
 */
export function watchOrders(db: Db, id: number, told: Told, signal: AbortSignal): void {
  if (signal.aborted) return
  const ofProcess = watched.get(db) ?? new Map<number, Set<Told>>()
  watched.set(db, ofProcess)
  const listening = ofProcess.get(id) ?? new Set<Told>()
  listening.add(told)
  signal.addEventListener('abort', () => void listening.delete(told), { once: true })
  if (ofProcess.has(id)) return
  ofProcess.set(id, listening)
  void look(db, id, listening).finally(() => ofProcess.delete(id))
}

async function look(db: Db, id: number, listening: Set<Told>): Promise<void> {
  while (listening.size > 0) {
    await sleep(everyMs, undefined, { ref: false })
    if (listening.size === 0) return
    const orders: Orders | undefined = await readOrders(db, id).catch(() => undefined)
    if (orders) for (const told of listening) told(orders)
  }
}
