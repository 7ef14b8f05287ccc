import type { Db, Trx } from './connect.ts'
import { transact } from './transact.ts'

/**
 * Runs `work` in a transaction that is taken back whatever it does, and returns what it found: so a plan looks at the world
 * as it would be, by the very code that would make it so. Nothing put aside with `afterCommit` happens. Keep it short:
 * until it ends, others wait for what it has touched.
 */
export async function rehearse<T>(db: Db, work: (trx: Trx) => Promise<T>): Promise<T> {
  const end = new RehearsalEnd<T>()
  try {
    await transact(db, async (trx) => {
      end.found = { value: await work(trx) }
      throw end
    })
  } catch (error) {
    if (error === end && end.found) return end.found.value
    throw error
  }
  throw end
}

/** Thrown by `rehearse` to itself: what makes the transaction roll back. */
class RehearsalEnd<T> extends Error {
  found: { value: T } | undefined
}
