import { createHmac } from 'node:crypto'
import { sql } from 'kysely'
import type { Db, ForgottenKind, Trx } from '../db/index.ts'

/** The lock of erasures: who takes people or conversations in shares it, who erases has it alone. */
export const erasureLock = 'contacts.erasure'

/** What can be forgotten: a conversation by its id, a number (E.164), an e-mail (lower case), a CRM record by `recordKey`. */
export type Forgettable = { kind: ForgottenKind; key: string }

export function recordKey({ connection, object }: { connection: string; object: string }, externalId: string): string {
  return JSON.stringify([connection, object, externalId])
}

/** HMAC-SHA-256 under the installation's own key: whoever has a hash but not the key cannot try numbers against it. Pure. */
export function keyedHash(secret: Buffer, { kind, key }: Forgettable): string {
  return createHmac('sha256', secret).update(`${kind}\n${key}`).digest('base64url')
}

export async function selectHashKey(db: Db | Trx): Promise<Buffer> {
  const { key } = await db.selectFrom('hash_keys').select('key').executeTakeFirstOrThrow()
  return key
}

/** From now on these are dropped wherever they come in. Twice is safe. */
export async function insertForgotten(trx: Trx, forgotten: readonly Forgettable[]): Promise<void> {
  if (forgotten.length === 0) return
  const secret = await selectHashKey(trx)
  const rows = forgotten.map((each) => ({ kind: each.kind, hash: keyedHash(secret, each) }))
  await trx
    .insertInto('forgotten')
    .values(rows.toSorted((a, b) => (a.hash < b.hash ? -1 : 1)))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Which of these are forgotten, as a test; in two statements, and without any hashing where nothing of the kind is. */
export async function selectForgotten(
  db: Db | Trx,
  asked: readonly Forgettable[],
): Promise<(each: Forgettable) => boolean> {
  const { rows } = await sql<{ key: Buffer; kinds: ForgottenKind[] }>`
    select key, array(
      select kind from unnest(array['conversation', 'number', 'email', 'record']) as kind
      where exists (select from forgotten where forgotten.kind = kind.kind)
    ) as kinds
    from hash_keys`.execute(db)
  const [{ key: secret, kinds } = { key: Buffer.alloc(0), kinds: [] }] = rows
  const hashed = asked.flatMap((each) => (kinds.includes(each.kind) ? [keyedHash(secret, each)] : []))
  if (hashed.length === 0) return () => false
  const found = await db
    .selectFrom('forgotten')
    .select(['kind', 'hash'])
    .where(sql<boolean>`hash = any(${hashed})`)
    .execute()
  const known = new Set(found.map(({ kind, hash }) => `${kind} ${hash}`))
  return (each) => known.size > 0 && known.has(`${each.kind} ${keyedHash(secret, each)}`)
}
