import { type Actor, recordEntry } from '../../audit/index.ts'
import { type Db, transact } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import { type ApiKey, insertKey } from './key-store.ts'
import { formatKey, hashSecret, newSecret } from './secret.ts'

/**
 * Makes a key for whoever is called `name`. `key` is told here once and kept nowhere. Audited.
 * Throws `key.name_taken` (409): a name, once given, means one holder for good, revoked or not.
 */
export async function createKey(
  deps: { db: Db },
  input: { name: string; actor: Actor },
): Promise<ApiKey & { key: string }> {
  const secret = newSecret()
  return transact(deps.db, async (trx) => {
    const made = await insertKey(trx, { name: input.name, hash: hashSecret(secret) })
    if (made === undefined) {
      throw new AppError('key.name_taken', 'skip', `there is or was a key named ${input.name}`, { status: 409 })
    }
    await recordEntry(trx, { actor: input.actor, action: 'key.created', subject: { kind: 'key', id: made.name } })
    return { ...made, key: formatKey(made.id, secret) }
  })
}
