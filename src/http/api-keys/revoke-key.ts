import { type Actor, recordEntry } from '../../audit/index.ts'
import { type Db, transact } from '../../db/index.ts'
import { notFound } from '../../errors.ts'
import { type ApiKey, markRevoked } from './key-store.ts'

/** Ends a key at once and for good. Audited. Throws `key.not_found` (404) for a name without a key in force, so also the second time. */
export async function revokeKey(deps: { db: Db }, input: { name: string; actor: Actor }): Promise<ApiKey> {
  return transact(deps.db, async (trx) => {
    const revoked = await markRevoked(trx, input.name)
    if (revoked === undefined) throw notFound('key', input.name)
    await recordEntry(trx, { actor: input.actor, action: 'key.revoked', subject: { kind: 'key', id: revoked.name } })
    return revoked
  })
}
