import { type Kysely, sql } from 'kysely'

/**
 * Since when a record has cells that were written and whose history has not been read since: that is read some minutes later, for
 * many at once.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table record_state add column unread_at timestamptz`.execute(db)
  await sql`update record_state set unread_at = now() where jsonb_path_exists(fields, '$.*.unread')`.execute(db)
  await sql`create index record_state_unread on record_state (unread_at) where unread_at is not null`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table record_state drop column unread_at`.execute(db)
}
