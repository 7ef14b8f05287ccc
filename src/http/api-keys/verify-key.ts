import type { Db } from '../../db/index.ts'
import { type ApiKey, markUsed, selectKeyInForce } from './key-store.ts'
import { isSecret, readKey } from './secret.ts'

const minuteMs = 60_000

/** The key that this text is, if it is one in force; notes its use to the minute. */
export async function verifyKey(deps: { db: Db }, text: string): Promise<ApiKey | undefined> {
  const presented = readKey(text)
  if (presented === undefined) return undefined
  const known = await selectKeyInForce(deps.db, presented.id)
  if (known === undefined || !isSecret(presented.secret, known.hash)) return undefined
  const { hash: _, ...key } = known
  if (key.lastUsedAt === null || Date.now() - key.lastUsedAt.getTime() > minuteMs) await markUsed(deps.db, key.id)
  return key
}
