import { type Kysely, sql } from 'kysely'

/** Conversations as they end: who analyses them first, and which wait for their vendor to. */
const statements = [
  `alter table agents add column live text not null default 'vendor' check (live in ('vendor', 'ours'))`,
  `create table awaited_analyses (
    conversation_id text primary key references conversations (id) on delete cascade,
    run_id bigint not null references runs (id),
    -- From then on we analyse it ourselves.
    until timestamptz not null
  )`,
  'create index awaited_analyses_due on awaited_analyses (until)',
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of ['drop table awaited_analyses', 'alter table agents drop column live'])
    await sql.raw(statement).execute(db)
}
