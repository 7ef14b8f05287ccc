import { type Kysely, sql } from 'kysely'

/** The run that took a conversation in: what the vendor found in it belongs there, whenever it arrives. Null: before we kept that. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table conversations add column intake_run_id bigint references runs (id)`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table conversations drop column intake_run_id`.execute(db)
}
