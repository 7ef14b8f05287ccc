import { type Kysely, sql } from 'kysely'

/** Records that are created where the CRM has none: which conversations wait for one, and which records are ours. */
const statements = [
  `create table creation_marks (
    conversation_id text not null references conversations (id) on delete cascade,
    mapping text not null,
    connection text not null references connections (name),
    -- The newest run that has something to say to the record.
    run_id bigint not null references runs (id),
    seq bigint not null,
    priority integer not null default 0,
    not_before timestamptz not null default now(),
    -- What was sent, from before it was sent until its outcome is known: what is found under its key afterwards is ours.
    sent jsonb,
    primary key (conversation_id, mapping)
  )`,
  'create index creation_marks_next on creation_marks (connection, priority desc, seq)',
  'create index creation_marks_run on creation_marks (run_id)',
  `create table created_records (
    record_id bigint primary key references crm_records (id) on delete cascade,
    run_id bigint not null references runs (id),
    key_field text not null,
    at timestamptz not null default now()
  )`,
  'create index created_records_run on created_records (run_id)',
  // Whom an exact plan would create, for which conversations, and every cell of the new record.
  `create table plan_creations (
    plan_id bigint not null references plans (id) on delete cascade,
    place bigint generated always as identity,
    connection text not null,
    object text not null,
    kind text not null check (kind in ('number', 'email')),
    key text not null,
    -- The newest of them: it gives the texts.
    conversation_id text not null references conversations (id) on delete cascade,
    conversation_ids text[] not null,
    key_field text not null,
    texts jsonb not null,
    cells jsonb,
    primary key (plan_id, connection, object, kind, key)
  )`,
  'create unique index plan_creations_place on plan_creations (plan_id, place)',
  'create index plan_creations_conversation on plan_creations (conversation_id)',
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const table of ['plan_creations', 'created_records', 'creation_marks'])
    await sql.raw(`drop table ${table}`).execute(db)
}
