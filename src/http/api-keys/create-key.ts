import { type Actor, recordEntry } from '../../audit/index.ts'
import { type Db, transact } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import { type ApiKey, insertKey, type KeyLimits } from './key-store.ts'
import { formatKey, hashSecret, newSecret } from './secret.ts'

/**
 * Makes a key for whoever is called `name`, without spending limits of its own unless given. `key` is told here once and kept nowhere. Audited.
 * Throws `key.name_taken` (409): a name, once given, means one holder for good, revoked or not.
 */
export async function createKey(
  deps: { db: Db },
  input: { name: string; actor: Actor } & Partial<KeyLimits>,
): Promise<ApiKey & { key: string }> {
  const secret = newSecret()
  const { name, usdPerDay = null, usdPerMonth = null } = input
  return transact(deps.db, async (trx) => {
    const made = await insertKey(trx, { name, hash: hashSecret(secret), usdPerDay, usdPerMonth })
    if (made === undefined) {
      throw new AppError('key.name_taken', 'skip', `there is or was a key named ${name}`, { status: 409 })
    }
    const subject = { kind: 'key', id: made.name }
    await recordEntry(trx, { actor: input.actor, action: 'key.created', subject, after: { usdPerDay, usdPerMonth } })
    return { ...made, key: formatKey(made.id, secret) }
  })
}
