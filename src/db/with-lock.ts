import { sql } from 'kysely'
import type { Db } from './connect.ts'

/**
 * Runs `work` while nobody else holds the lock of this name, in any process; null where somebody does. The lock lives in
 * a database session of its own and ends with it, so a killed process leaves none behind.
 */
export async function withLock<T>(db: Db, name: string, work: () => Promise<T>): Promise<T | null> {
  return db.connection().execute(async (session) => {
    const key = sql<string>`hashtextextended(${name}, 0)`
    const taken = await sql<{ locked: boolean }>`select pg_try_advisory_lock(${key}) as locked`.execute(session)
    if (!taken.rows[0]?.locked) return null
    try {
      return await work()
    } finally {
      await sql`select pg_advisory_unlock(${key})`.execute(session)
    }
  })
}
