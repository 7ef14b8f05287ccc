import { type Kysely, sql } from 'kysely'

/** The tokens of CRM accounts that hand out new ones, and connections whose work stands still until somebody mends them. */
const statements = [
  `create table crm_tokens (
    connection text primary key,
    -- Over the app and the refresh token of the settings: where they change, what is stored here belongs to others.
    grant_hash text not null,
    -- Access and refresh token, sealed with AFTERWORD_SECRET.
    sealed text not null,
    -- From when on it is renewed: well before it ends.
    renew_at timestamptz not null,
    renewed_at timestamptz not null default clock_timestamp()
  )`,
  // What a connection was refused to do. At most a row for each kind of work of each connection.
  `create table connection_stops (
    connection text not null,
    work text not null,
    code text not null,
    why text not null,
    since timestamptz not null default clock_timestamp(),
    refusals integer not null default 1 check (refusals > 0),
    retry_at timestamptz not null,
    primary key (connection, work)
  )`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const table of ['connection_stops', 'crm_tokens']) await sql.raw(`drop table ${table}`).execute(db)
}
