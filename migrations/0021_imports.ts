import { type Kysely, sql } from 'kysely'

/**
 * Imports come round by themselves: each object of a connection has a scan of its own that goes on where it broke off, and keeps what
 * the last one came to. What a search has not found is not searched for again for a while.
 */
const statements = [
  'alter table connections drop column scan_cursor, add column import_due_at timestamptz not null default now()',
  `alter table crm_scans alter column seen_to drop not null,
    add column under_way jsonb,
    add column last jsonb,
    add column last_whole jsonb,
    add column failed jsonb`,
  // When a scan of all records last saw it: who was not seen is asked for.
  'alter table crm_records add column seen_at timestamptz',
  // Keyed hashes of numbers and e-mails: nothing of anybody who is in no CRM.
  `create table crm_lookups (
    connection text not null references connections (name),
    object text not null,
    hash text not null,
    at timestamptz not null default now(),
    primary key (connection, object, hash)
  )`,
  'create index crm_lookups_at on crm_lookups (at)',
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const undo = [
  'drop table crm_lookups',
  'alter table crm_records drop column seen_at',
  'delete from crm_scans where seen_to is null',
  `alter table crm_scans drop column failed, drop column last_whole, drop column last, drop column under_way,
    alter column seen_to set not null`,
  'alter table connections drop column import_due_at, add column scan_cursor text',
]

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of undo) await sql.raw(statement).execute(db)
}
