import { type Kysely, sql } from 'kysely'

/**
 * A person may say whose a conversation is. Each such word belongs to a run and can be undone: the newest one not undone holds,
 * and without any the link is again what the steps had found.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    `alter table links add column resolved_by bigint references runs (id),
      add constraint links_by_person check (resolved_by is null or (state <> 'parked' and step = 'person'))`,
    // record_id null: of no record.
    `create table resolutions (
      run_id bigint not null references runs (id),
      conversation_id text not null references conversations (id) on delete cascade,
      mapping text not null,
      record_id bigint references crm_records (id) on delete cascade,
      primary key (conversation_id, mapping, run_id)
    )`,
    'create index resolutions_run on resolutions (run_id)',
    'create index resolutions_record on resolutions (record_id)',
    // What the steps had found, kept while a person's word stands in its place.
    `create table overruled_links (
      conversation_id text not null references conversations (id) on delete cascade,
      mapping text not null,
      state text not null check (state in ('matched', 'none', 'parked')),
      record_id bigint references crm_records (id) on delete cascade,
      step text,
      candidates bigint[] not null default '{}',
      made_at timestamptz not null,
      primary key (conversation_id, mapping)
    )`,
    'create index overruled_links_record on overruled_links (record_id)',
    `create index links_open on links (made_at desc, conversation_id desc, mapping desc) where state <> 'matched'`,
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  const statements = [
    'drop index links_open',
    'drop table overruled_links',
    'drop table resolutions',
    'alter table links drop constraint links_by_person, drop column resolved_by',
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
}
