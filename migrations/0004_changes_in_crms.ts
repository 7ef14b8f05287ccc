import { type Kysely, sql } from 'kysely'

/**
 * A CRM that keeps no history of a field tells only the record's last change. Once that is ours, the latest a value of others
 * can be is their last change, which has to be known from before. And a CRM that tells in which order its records changed need
 * not be read whole again.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table record_state add column changed_at timestamptz`.execute(db)
  // How far a CRM's changes were read, by the fields that were asked for: with other fields, all is read anew.
  await sql`create table crm_scans (
    connection text not null references connections (name),
    object text not null,
    asked jsonb not null,
    seen_to text not null,
    seen_at timestamptz not null default now(),
    primary key (connection, object)
  )`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table crm_scans`.execute(db)
  await sql`alter table record_state drop column changed_at`.execute(db)
}
