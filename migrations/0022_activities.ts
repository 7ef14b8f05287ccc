import { type Kysely, sql } from 'kysely'

/** Conversations as they are logged in CRMs: one activity per conversation and connection, however often it is written. */
const statements = [
  // Whether the mapping that a contribution was made for logs its conversation.
  'alter table contributions add column logs boolean not null default false',
  `create table activities (
    id bigint generated always as identity primary key,
    -- null: the conversation is removed for good, and what is left of it in the CRM is still to go.
    conversation_id text references conversations (id) on delete set null,
    connection text not null references connections (name),
    -- The mapping through whose link it hangs on its record.
    mapping text not null,
    record_id bigint not null references crm_records (id) on delete cascade,
    kind text not null check (kind in ('call', 'chat')),
    -- What the conversation's id is in the CRM: one activity per conversation and connection.
    key text not null,
    external_id text,
    -- Of what stands in the CRM; null: nothing yet, or not all of it.
    body_hash text,
    -- A creation without a key was sent at this time, and nobody knows what became of it.
    attempted_at timestamptz,
    -- Somebody has removed it in the CRM: it is left alone.
    gone boolean not null default false,
    -- The record and the text that the CRM has refused.
    refused_hash text,
    refused_at timestamptz,
    -- The CRM's name for the refusal, which quotes nothing.
    refused_code text,
    -- Why it is not as it should be, in the CRM's words.
    reason text,
    unique (connection, key),
    constraint activities_known check (external_id is not null or (body_hash is null and not gone))
  )`,
  'create index activities_conversation on activities (conversation_id)',
  'create index activities_record on activities (record_id)',
  // What a run has brought about: the last of it, but for what it has created.
  `create table activity_writes (
    run_id bigint not null references runs (id),
    conversation_id text not null references conversations (id) on delete cascade,
    connection text not null,
    action text not null check (action in ('created', 'updated', 'removed')),
    at timestamptz not null default now(),
    primary key (run_id, connection, conversation_id)
  )`,
  'create index activity_writes_conversation on activity_writes (conversation_id)',
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql.raw('drop table activity_writes').execute(db)
  await sql.raw('drop table activities').execute(db)
  await sql.raw('alter table contributions drop column logs').execute(db)
}
