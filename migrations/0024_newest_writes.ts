import { type Kysely, sql } from 'kysely'

/** The newest writes to a connection, on whose records `crm doctor` looks for other writers. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index ledger_written on ledger (connection, answered_at desc) where outcome = 'written'`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index ledger_written`.execute(db)
}
