import type { Db, Trx } from './connect.ts'

const waiting = new WeakMap<Trx, (() => void)[]>()

/** Runs `work` in a transaction and, once it has committed, what was put aside with `afterCommit`. A throw rolls back all. */
export async function transact<T>(db: Db, work: (trx: Trx) => Promise<T>): Promise<T> {
  const later: (() => void)[] = []
  const result = await db.transaction().execute((trx) => {
    waiting.set(trx, later)
    return work(trx)
  })
  for (const call of later) call()
  return result
}

/**
 * Puts a hint aside until the transaction has committed: lost on a rollback, and lost by a crash right after the commit.
 * So only for what something else guarantees. Needs a transaction begun by `transact`.
 */
export function afterCommit(trx: Trx, call: () => void): void {
  const later = waiting.get(trx)
  if (!later) throw new Error('afterCommit needs a transaction begun by transact()')
  later.push(call)
}
