import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Database, Db, Trx } from '../../db/index.ts'

/** A named API key as it may be shown: never the key itself, which only its holder has. */
export type ApiKey = {
  id: number
  name: string
  createdAt: Date
  /** To the minute. */
  lastUsedAt: Date | null
  revokedAt: Date | null
}

type Row = Selectable<Database['api_keys']>

function toKey(row: Row): ApiKey {
  const { id, name, created_at, last_used_at, revoked_at } = row
  return { id, name, createdAt: created_at, lastUsedAt: last_used_at, revokedAt: revoked_at }
}

/** Undefined where the name is taken. */
export async function insertKey(trx: Trx, key: { name: string; hash: string }): Promise<ApiKey | undefined> {
  const row = await trx
    .insertInto('api_keys')
    .values(key)
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returningAll()
    .executeTakeFirst()
  return row && toKey(row)
}

/** Undefined where no key of that name is in force. */
export async function markRevoked(trx: Trx, name: string): Promise<ApiKey | undefined> {
  const row = await trx
    .updateTable('api_keys')
    .set({ revoked_at: sql<Date>`now()` })
    .where('name', '=', name)
    .where('revoked_at', 'is', null)
    .returningAll()
    .executeTakeFirst()
  return row && toKey(row)
}

export async function selectKeys(db: Db): Promise<ApiKey[]> {
  const rows = await db.selectFrom('api_keys').selectAll().orderBy('name').execute()
  return rows.map(toKey)
}

export async function selectKeyInForce(db: Db, id: number): Promise<(ApiKey & { hash: string }) | undefined> {
  const row = await db
    .selectFrom('api_keys')
    .selectAll()
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return row && { ...toKey(row), hash: row.hash }
}

/** At most one write a minute and key, however many requests and processes. */
export async function markUsed(db: Db, id: number): Promise<void> {
  await db
    .updateTable('api_keys')
    .set({ last_used_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where((eb) =>
      eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<', sql<Date>`now() - interval '1 minute'`)]),
    )
    .execute()
}
