import type { Db } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import type { Hold } from '../../limits/index.ts'
import type { Log } from '../../log.ts'
import { deleteStop, readStops, type Stop, saveStop, type Work } from './store.ts'

/**
 * Does a kind of work for a connection, unless the CRM has refused it for good and it is not time to ask again: then null, and the
 * CRM is asked nothing. Such a refusal (credentials, a missing scope, another account: all that is no matter of waiting) is noted
 * for all processes and thrown; the next work for which the CRM was asked ends it. `byHand`: a person says so, and it is asked at
 * once. `act` answers null where it has done nothing; `hasAsked` tells it of work that may find nothing to ask.
 */
export async function unlessStopped<T>(
  { db, log }: { db: Db; log: Log },
  {
    connection,
    work,
    byHand = false,
    hasAsked = () => true,
  }: { connection: string; work: Work; byHand?: boolean; hasAsked?: (done: T) => boolean },
  act: () => Promise<T | null>,
): Promise<T | null> {
  const stop = (await readStops(db, connection)).find((each) => each.work === work)
  if (stop?.waits && !byHand) return null
  try {
    const done = await act()
    if (stop && done !== null && hasAsked(done)) {
      await deleteStop(db, connection, work)
      log.info({ connection, work }, 'a CRM takes us again')
    }
    return done
  } catch (error) {
    if (error instanceof AppError && error.recovery === 'stop' && error.code.startsWith('crm.'))
      await saveStop(db, { connection, work, code: error.code, why: error.message })
    throw error
  }
}

/** The hold of a connection whose pushes stand still; null: they do not. */
export async function stoppedHold(db: Db, connection: string): Promise<Hold | null> {
  const stop = (await readStops(db, connection)).find(({ work }) => work === 'push')
  return stop ? { why: stop.why, until: stop.retryAt } : null
}

/** When the CRM is asked again for what stands still of a connection, and how to have that at once. An import waits for its turn too. */
export function askedAgain({ work, retryAt }: Stop, connection: string): string {
  const at = retryAt.toISOString()
  return work === 'push'
    ? `asked again at ${at}, at once by afterword push ${connection}`
    : `asked again by the next import after ${at}, at once by afterword crm import ${connection}`
}
