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
  /** What may be spent with it in a calendar day and month, in UTC; null: no limit of its own. */
  usdPerDay: number | null
  usdPerMonth: number | null
}

export type KeyLimits = Pick<ApiKey, 'usdPerDay' | 'usdPerMonth'>

type Row = Selectable<Database['api_keys']>

function toKey(row: Row): ApiKey {
  const { id, name } = row
  return {
    id,
    name,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
    usdPerDay: row.usd_per_day,
    usdPerMonth: row.usd_per_month,
  }
}

/** Undefined where the name is taken. */
export async function insertKey(
  trx: Trx,
  { name, hash, usdPerDay, usdPerMonth }: { name: string; hash: string } & KeyLimits,
): Promise<ApiKey | undefined> {
  const row = await trx
    .insertInto('api_keys')
    .values({ name, hash, usd_per_day: usdPerDay, usd_per_month: usdPerMonth })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returningAll()
    .executeTakeFirst()
  return row && toKey(row)
}

/** The key of that name, in force or not, and held until the transaction ends. */
export async function lockKey(trx: Trx, name: string): Promise<ApiKey | undefined> {
  const row = await trx.selectFrom('api_keys').selectAll().where('name', '=', name).forUpdate().executeTakeFirst()
  return row && toKey(row)
}

export async function writeLimits(trx: Trx, id: number, { usdPerDay, usdPerMonth }: KeyLimits): Promise<void> {
  const limits = { usd_per_day: usdPerDay, usd_per_month: usdPerMonth }
  await trx.updateTable('api_keys').set(limits).where('id', '=', id).execute()
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
