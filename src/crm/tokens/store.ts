import { sql } from 'kysely'
import type { Db } from '../../db/index.ts'

export type StoredTokens = { sealed: string; leftMs: number }

/** What is stored for a connection under a grant, and for how long it is still good. */
export async function findTokens(db: Db, connection: string, grantHash: string): Promise<StoredTokens | undefined> {
  const { rows } = await sql<StoredTokens>`
    select sealed, (extract(epoch from renew_at - clock_timestamp()) * 1000)::float8 as "leftMs"
    from crm_tokens where connection = ${connection} and grant_hash = ${grantHash}`.execute(db)
  return rows[0]
}

export async function saveTokens(
  db: Db,
  {
    connection,
    grantHash,
    sealed,
    goodForMs,
  }: { connection: string; grantHash: string; sealed: string; goodForMs: number },
): Promise<void> {
  await sql`
    insert into crm_tokens (connection, grant_hash, sealed, renew_at)
    values (${connection}, ${grantHash}, ${sealed}, clock_timestamp() + ${goodForMs}::float8 * interval '1 millisecond')
    on conflict (connection) do update
    set grant_hash = excluded.grant_hash, sealed = excluded.sealed, renew_at = excluded.renew_at, renewed_at = clock_timestamp()
  `.execute(db)
}
