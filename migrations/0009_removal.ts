import { type Kysely, sql } from 'kysely'

/**
 * Conversations that are no more: deleted ones, sealed until their grace ends; settled ones, of which each cell keeps a value;
 * and the people who were erased, of whom only keyed hashes stay.
 */
const statements = [
  // Not null: deleted, invisible, and gone for good from then on.
  'alter table conversations add column sealed_until timestamptz',
  'create index conversations_sealed on conversations (sealed_until) where sealed_until is not null',
  'create index conversations_spoken on conversations (spoken_at)',
  // Which conversation a run deleted: its undo brings it back. No conversation: it is removed for good.
  `create table deletions (
    run_id bigint primary key references runs (id),
    conversation_id text references conversations (id) on delete set null,
    until timestamptz not null
  )`,
  'create index deletions_conversation on deletions (conversation_id)',

  // The key of all keyed hashes. It lies here, because every process of an installation has to know the same.
  `create table hash_keys (
    is_only boolean primary key default true check (is_only),
    key bytea not null
  )`,
  // Four random numbers of the server's strong source, 488 bits of chance.
  `insert into hash_keys (key) select sha512(convert_to(string_agg(gen_random_uuid()::text, ''), 'UTF8'))
    from generate_series(1, 4)`,
  `create table forgotten (
    kind text not null check (kind in ('conversation', 'number', 'email', 'record')),
    hash text not null,
    at timestamptz not null default now(),
    primary key (kind, hash)
  )`,

  // What is left of a settled conversation in one cell; several can be of one time.
  `alter table field_events
    add column conversation_hash text not null default '',
    add column started_at timestamptz,
    add column place text,
    add column rule text references rules (hash),
    add column releases jsonb not null default '[]',
    drop constraint field_events_pkey,
    add primary key (record_id, field, kind, at, conversation_hash),
    add constraint field_events_settled check (
      (kind = 'settled') = (conversation_hash <> '')
      and (kind = 'settled') = (started_at is not null and place is not null and rule is not null)
    )`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const undo = [
  `delete from field_events where kind = 'settled'`,
  `alter table field_events
    drop constraint field_events_settled,
    drop constraint field_events_pkey,
    drop column conversation_hash, drop column started_at, drop column place, drop column rule, drop column releases,
    add primary key (record_id, field, kind, at)`,
  'drop table forgotten',
  'drop table hash_keys',
  'drop table deletions',
  'drop index conversations_spoken',
  'alter table conversations drop column sealed_until',
]

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of undo) await sql.raw(statement).execute(db)
}
