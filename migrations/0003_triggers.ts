import { type Kysely, sql } from 'kysely'

/** Reruns that a CRM record asks for. Ids and counts only; what was found stands with the analyses and in the ledger. */
const statements = [
  `create table trigger_requests (
    id bigint generated always as identity primary key,
    connection text not null,
    object text not null,
    -- As it was asked for; a merge may have given the record another id since.
    external_id text not null,
    conversations text not null check (conversations in ('latest', 'all', 'since')),
    since timestamptz,
    most integer not null check (most between 1 and 200),
    -- The SHA-256 of the caller's key: what it is made of may be personal.
    request_key text,
    actor_kind text not null check (actor_kind in ('trigger', 'cli')),
    actor_name text not null,
    key_name text,
    state text not null default 'waiting'
      check (state in ('waiting', 'running', 'parked', 'done', 'refused', 'failed')),
    reason text,
    message text not null,
    run_id bigint references runs (id),
    record_id bigint references crm_records (id) on delete cascade,
    contact_id bigint references contacts (id) on delete cascade,
    left_out integer not null default 0,
    attempts integer not null default 0,
    -- What a call would have reserved that a spending limit refused.
    needs_usd numeric(14, 8),
    requested_at timestamptz not null default now(),
    -- When its run began: what the hour's count counts.
    admitted_at timestamptz,
    -- When all of it was rerun and released for push.
    released_at timestamptz,
    -- When somebody takes it up (again), should the job that was to do so be lost.
    due_at timestamptz not null,
    ended_at timestamptz,
    check ((conversations = 'since') = (since is not null)),
    check ((run_id is null) = (admitted_at is null)),
    check (state <> 'running' or run_id is not null),
    check ((state in ('done', 'refused', 'failed')) = (ended_at is not null))
  )`,
  `create unique index trigger_requests_key on trigger_requests (connection, request_key) where request_key is not null`,
  // Without a key, one that waits already answers for the next of the same wording.
  `create unique index trigger_requests_waiting
    on trigger_requests (connection, object, external_id, conversations, since, most) nulls not distinct
    where state = 'waiting' and request_key is null`,
  `create index trigger_requests_contact on trigger_requests (contact_id, admitted_at) where admitted_at is not null`,
  'create index trigger_requests_record on trigger_requests (record_id)',
  `create index trigger_requests_due on trigger_requests (due_at) where ended_at is null and released_at is null`,
  `create index trigger_requests_released on trigger_requests (id) where ended_at is null and released_at is not null`,
  'create index trigger_requests_asked on trigger_requests (connection, external_id, id desc)',
  `create table trigger_conversations (
    request_id bigint not null references trigger_requests (id) on delete cascade,
    -- The newest first.
    seq integer not null,
    conversation_id text not null references conversations (id) on delete cascade,
    outcome text,
    reason text,
    analysis_number integer,
    cached boolean not null default false,
    cost_usd numeric(14, 8) not null default 0,
    done_at timestamptz,
    primary key (request_id, seq),
    unique (request_id, conversation_id),
    check ((done_at is null) = (outcome is null))
  )`,
  'create index trigger_conversations_conversation on trigger_conversations (conversation_id)',
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql.raw('drop table trigger_conversations').execute(db)
  await sql.raw('drop table trigger_requests').execute(db)
}
