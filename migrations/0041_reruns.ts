import { type Kysely, sql } from 'kysely'

/**
 * Reruns of one conversation that wait, are under way, or have ended not long ago. At most one at a time asks the same of the same
 * conversation, in all processes: a second one joins it.
 */
const statements = [
  `create table reruns (
    id bigint generated always as identity primary key,
    conversation_id text not null references conversations (id) on delete cascade,
    run_id bigint not null references runs (id),
    -- A preview counts for nothing, so its answer is none to a rerun that does.
    is_preview boolean not null default false,
    -- The only items to ask for; null: all.
    fields text[],
    state text not null check (state in ('waiting', 'running', 'ended')),
    request_hash text,
    -- The process that asks, and until when it is believed to live; it says so again and again.
    holder text,
    held_until timestamptz,
    outcome text,
    reason text,
    analysis_number integer,
    cached boolean not null default false,
    cost_usd numeric(14, 8) not null default 0,
    -- What was thrown in place of an outcome.
    error jsonb,
    asked_at timestamptz not null default now(),
    ended_at timestamptz,
    check ((state = 'running') = (holder is not null)),
    check ((holder is null) = (held_until is null)),
    check (state <> 'running' or request_hash is not null),
    check ((state = 'ended') = (ended_at is not null)),
    check ((state = 'ended') = (outcome is not null or error is not null))
  )`,
  `create unique index reruns_running on reruns (conversation_id, request_hash) where state = 'running'`,
  'create index reruns_conversation on reruns (conversation_id)',
  'create index reruns_run on reruns (run_id)',
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table reruns`.execute(db)
}
