import { type Kysely, sql } from 'kysely'

/**
 * A CRM that keeps no history of a field tells only the record's last change. Once that is ours, the latest a value of others
 * can be is their last change, which has to be known from before.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table record_state add column changed_at timestamptz`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table record_state drop column changed_at`.execute(db)
}
