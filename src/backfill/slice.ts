import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '../db/index.ts'
import type { Lane } from './lane.ts'

/** A slice this long gives other backfills and a shutdown their turn. */
const sliceMs = 20_000
/**
 * The end of a slice waits for its calls, and one of flex may take 15 minutes: a slice of it ends only where others wait for their turn, and
 * so long before the queue takes its job for hung (an hour).
 */
const longestFlexMs = 30 * 60_000
/** So many backfills by flex are worked on side by side in one process, apart from the others. */
export const flexSideBySide = 2

/** Ends when others should have their turn, by the lane that a backfill goes by. `ended` ends the looking for them. */
export function sliceOf(
  db: Db,
  { id, lane }: Pick<Lane, 'lane'> & { id: number },
  ended: AbortSignal,
  { leastMs = sliceMs } = {},
): AbortSignal {
  if (lane === 'standard') return AbortSignal.timeout(leastMs)
  const over = new AbortController()
  void giveWay(db, id, ended, leastMs).then(() => over.abort(new Error('others wait for their turn')))
  return AbortSignal.any([over.signal, AbortSignal.timeout(longestFlexMs)])
}

async function giveWay(db: Db, id: number, ended: AbortSignal, everyMs: number): Promise<void> {
  for (;;) {
    const isOver = await sleep(everyMs, false, { signal: ended }).catch(() => true)
    if (isOver) return
    const others = await runningByFlex(db, id).catch(() => 0)
    if (others >= flexSideBySide) return
  }
}

async function runningByFlex(db: Db, id: number): Promise<number> {
  const running = db.selectFrom('backfills').where('state', '=', 'running').where('parked_at', 'is', null)
  const others = running.where('lane', '=', 'flex').where('id', '<>', id)
  const { number } = await others.select((eb) => eb.fn.countAll<number>().as('number')).executeTakeFirstOrThrow()
  return number
}

/** Aborted from the deadline on; null where a backfill never goes by flex. A slice ends long before a far deadline, so that needs no watch. */
export function lateSignal({ lane, deadlineAt }: Lane, now: Date): AbortSignal | null {
  if (lane === 'standard') return null
  const leftMs = deadlineAt === null ? Number.POSITIVE_INFINITY : deadlineAt.getTime() - now.getTime()
  if (leftMs <= 0) return AbortSignal.abort()
  return leftMs > 2 * longestFlexMs ? new AbortController().signal : AbortSignal.timeout(leftMs)
}
