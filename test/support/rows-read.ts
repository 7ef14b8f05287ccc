import { sql } from 'kysely'
import type { Db } from '../../src/db/index.ts'

/**
 * How many rows a use case looks at, in tables from end to end and along indexes, as PostgreSQL counts them. `db` is to have one connection
 * (`max: 1`), and nobody else to use the database meanwhile.
 */
export async function rowsRead(db: Db, work: (db: Db) => Promise<unknown>): Promise<number> {
  const before = await countAll(db)
  await work(db)
  return (await countAll(db)) - before
}

async function countAll(db: Db): Promise<number> {
  // What a session has counted it tells about a second later, unless asked.
  await sql`select pg_stat_force_next_flush()`.execute(db)
  const { rows } = await sql<{ count: number }>`
    select (select sum(seq_tup_read) from pg_stat_user_tables) + (select sum(idx_tup_read) from pg_stat_user_indexes) as count`.execute(
    db,
  )
  return rows[0]?.count ?? 0
}
