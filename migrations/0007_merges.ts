import { type Kysely, sql } from 'kysely'

/**
 * What models made of several texts, and the stretches of cells that use it. A text is kept under the hash of what it was made
 * of, whoever asked for it first, and goes with the last stretch that uses it. A stretch goes with its record, and with any
 * conversation whose words are in it. Retention, which lets a conversation's values stay, takes the conversation out of
 * `conversations` before it deletes it: then the stretch stays.
 */
const statements = [
  `create table merges (
    hash text primary key,
    text text not null,
    -- The inputs themselves: the model would not, or had nothing to say.
    is_fallback boolean not null,
    model text not null,
    run_id bigint not null references runs (id),
    made_at timestamptz not null default now()
  )`,
  `create trigger merges_append_only before update on merges for each row execute function refuse_rewrite()`,
  `create table stretches (
    hash text not null references merges (hash) on delete cascade,
    record_id bigint not null references crm_records (id) on delete cascade,
    field text not null,
    conversations text[] not null
  )`,
  'create index stretches_cell on stretches (record_id, field, hash)',
  'create index stretches_hash on stretches (hash)',
  'create index stretches_conversations on stretches using gin (conversations)',

  `create function drop_stretches() returns trigger language plpgsql as $$
  begin
    delete from stretches where conversations && (select array_agg(id) from gone);
    return null;
  end $$`,
  `create trigger conversations_drop_stretches after delete on conversations
    referencing old table as gone for each statement execute function drop_stretches()`,
  // Locked before it is looked: a stretch that is being added meanwhile is seen, or finds its text gone.
  `create function drop_unused_merges() returns trigger language plpgsql as $$
  begin
    perform from merges where hash in (select hash from gone) order by hash for update;
    delete from merges where hash in (select hash from gone)
      and not exists (select from stretches where stretches.hash = merges.hash);
    return null;
  end $$`,
  `create trigger stretches_drop_unused_merges after delete on stretches
    referencing old table as gone for each statement execute function drop_unused_merges()`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql.raw('drop trigger conversations_drop_stretches on conversations').execute(db)
  for (const table of ['stretches', 'merges']) await sql.raw(`drop table ${table}`).execute(db)
  for (const name of ['drop_stretches', 'drop_unused_merges']) await sql.raw(`drop function ${name}`).execute(db)
}
