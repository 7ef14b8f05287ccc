import { type Kysely, sql } from 'kysely'

/** How fast a model provider may be asked by all processes together, and that it is not asked while it is out of credit. */
const statements = [
  // One row per limit that anybody knows. What a crash of the database loses is learned again.
  `create unlogged table meters (
    meter text primary key,
    -- What the provider named; null where it has named none, and only the settings limit.
    per_minute double precision check (per_minute > 0),
    -- What is free, as of filled_at; below zero, what a call larger than the most has taken in advance.
    level double precision not null default 'Infinity',
    filled_at timestamptz not null default clock_timestamp()
  )`,
  `create table provider_pauses (
    provider text primary key,
    why text not null,
    since timestamptz not null default clock_timestamp(),
    refusals integer not null default 1 check (refusals > 0),
    asked_at timestamptz not null default clock_timestamp(),
    retry_at timestamptz not null
  )`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const table of ['provider_pauses', 'meters']) await sql.raw(`drop table ${table}`).execute(db)
}
