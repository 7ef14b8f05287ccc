import { type Actor, recordEntry } from '../../audit/index.ts'
import { type Db, transact } from '../../db/index.ts'
import { notFound } from '../../errors.ts'
import { type ApiKey, type KeyLimits, lockKey, writeLimits } from './key-store.ts'

/**
 * Sets what may be spent with a key, at once; null takes a limit away, what is not given stays. What the key has spent before
 * counts. Audited. Throws `key.not_found` (404). Twice is safe.
 */
export async function limitKey(
  deps: { db: Db },
  input: { name: string; actor: Actor; limits: Partial<KeyLimits> },
): Promise<ApiKey> {
  const { name, actor, limits } = input
  return transact(deps.db, async (trx) => {
    const key = await lockKey(trx, name)
    if (key === undefined) throw notFound('key', name)
    const before = { usdPerDay: key.usdPerDay, usdPerMonth: key.usdPerMonth }
    const after = { ...before, ...limits }
    await writeLimits(trx, key.id, after)
    await recordEntry(trx, { actor, action: 'key.limited', subject: { kind: 'key', id: name }, before, after })
    return { ...key, ...after }
  })
}
