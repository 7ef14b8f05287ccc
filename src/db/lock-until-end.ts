import { sql } from 'kysely'
import type { Trx } from './connect.ts'

/** Waits until nobody else holds the lock of this name, in any process, and holds it until the transaction ends. */
export async function lockUntilEnd(trx: Trx, name: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(trx)
}

/** The same beside others who share it: only who wants the lock alone waits, and is waited for. */
export async function shareUntilEnd(trx: Trx, name: string): Promise<void> {
  await sql`select pg_advisory_xact_lock_shared(hashtextextended(${name}, 0))`.execute(trx)
}
