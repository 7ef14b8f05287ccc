import { type Kysely, sql } from 'kysely'

/** What each connection has left of its account's calls of the day, and how a slow Salesforce org is best written to. */
const statements = [
  // One row per connection, for the day that is on. Kept through a crash: where a CRM tells nothing, only we have counted.
  `create table call_days (
    connection text primary key,
    began_at timestamptz not null,
    ends_at timestamptz not null check (ends_at > began_at),
    calls integer not null default 0,
    -- Of all apps of the account together; null where neither the CRM nor a setting tells.
    most integer,
    remaining integer,
    first_remaining integer,
    -- Background work leaves so many to others.
    kept integer not null default 0,
    -- From then on what was told last holds nobody back: the next call learns anew.
    learn_at timestamptz not null
  )`,
  `create table write_paces (
    connection text not null,
    object text not null,
    rows_at_once integer not null check (rows_at_once between 1 and 200),
    chunks_at_once double precision not null check (chunks_at_once >= 1),
    ms_per_row double precision not null check (ms_per_row >= 0),
    primary key (connection, object)
  )`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const table of ['write_paces', 'call_days']) await sql.raw(`drop table ${table}`).execute(db)
}
