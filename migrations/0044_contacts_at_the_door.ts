import { type Kysely, sql } from 'kysely'

/**
 * Contacts as the source product's API lists them: what was said of a person so far is counted beside them, so that a page by the
 * last conversation runs along an index; tags, a memory, and the jobs that import and backfill contacts.
 */
const statements = [
  `alter table contacts
    add column memory text check (length(memory) <= 2000),
    add column tag_ids text[] not null default '{}' check (cardinality(tag_ids) <= 50)`,
  'create index contacts_tags on contacts using gin (tag_ids)',
  'create index contacts_fields on contacts using gin (fields jsonb_path_ops)',
  // The words that people tag contacts with. One that is taken from the list stays on its contacts, unseen.
  `create table contact_tags (
    id text primary key check (id ~ '^[0-9a-f]{32}$'),
    label text not null unique check (length(label) between 1 and 40),
    place bigint generated always as identity
  )`,

  // Apart from the contact: who counts a conversation must not wait for who edits the person, nor the other way round.
  `create table contact_counts (
    contact_id bigint primary key references contacts (id) on delete cascade,
    conversations integer not null default 0,
    last_at timestamptz not null default 'epoch'
  )`,
  'create index contact_counts_last on contact_counts (last_at desc, contact_id desc)',
  `create index conversations_contact_started on conversations (contact_id, (coalesce(started_at, spoken_at)) desc, id)
    where sealed_until is null`,
  'create index crm_records_external on crm_records (external_id)',
  `create index crm_record_keys_open on crm_record_keys (key) where held_to = 'infinity'`,
  `insert into contact_counts (contact_id, conversations, last_at)
    select contacts.id, count(conversations.id), coalesce(max(coalesce(started_at, conversations.spoken_at)), 'epoch')
    from contacts
    left join conversations on conversations.contact_id = contacts.id and sealed_until is null
    group by contacts.id`,

  // Row by row, in one order: each step goes by an index whatever was planned for the first, and nobody waits crosswise.
  `create function count_talk(of_contact bigint, more integer, newest timestamptz, lost boolean) returns void language plpgsql as $$
  begin
    -- Held first: what is then looked for is seen as whoever held it before has left it.
    perform from contact_counts where contact_id = of_contact for update;
    update contact_counts set conversations = conversations + more,
      last_at = case when lost then coalesce(
        (select max(coalesce(started_at, spoken_at)) from conversations where contact_id = of_contact and sealed_until is null),
        'epoch') else greatest(last_at, newest) end
    where contact_id = of_contact;
  end $$`,
  `create function count_talks() returns trigger language plpgsql as $$
  declare talk record;
  begin
    if tg_op = 'INSERT' then
      for talk in select contact_id, count(*)::int as more, max(coalesce(started_at, spoken_at)) as newest from talks_after
        where contact_id is not null and sealed_until is null group by contact_id order by contact_id
      loop
        perform count_talk(talk.contact_id, talk.more, talk.newest, false);
      end loop;
    elsif tg_op = 'DELETE' then
      for talk in select contact_id, -count(*)::int as more from talks_before
        where contact_id is not null and sealed_until is null group by contact_id order by contact_id
      loop
        perform count_talk(talk.contact_id, talk.more, null, true);
      end loop;
    else
      for talk in select contact_id, sum(way)::int as more, max(at) filter (where way = 1) as newest,
          bool_or(way = -1) as lost
        from (
          (select id, contact_id, coalesce(started_at, spoken_at) as at, 1 as way from talks_after where sealed_until is null
            except all
          select id, contact_id, coalesce(started_at, spoken_at), 1 from talks_before where sealed_until is null)
          union all
          (select id, contact_id, coalesce(started_at, spoken_at), -1 from talks_before where sealed_until is null
            except all
          select id, contact_id, coalesce(started_at, spoken_at), -1 from talks_after where sealed_until is null)
        ) as moved
        where contact_id is not null group by contact_id order by contact_id
      loop
        perform count_talk(talk.contact_id, talk.more, talk.newest, talk.lost);
      end loop;
    end if;
    return null;
  end $$`,
  `create trigger conversations_added_to_contacts after insert on conversations
    referencing new table as talks_after for each statement execute function count_talks()`,
  `create trigger conversations_moved_between_contacts after update on conversations
    referencing old table as talks_before new table as talks_after for each statement execute function count_talks()`,
  `create trigger conversations_taken_from_contacts after delete on conversations
    referencing old table as talks_before for each statement execute function count_talks()`,

  // Whoever makes a contact makes its count; and whose contact was deleted, and who calls again, has their conversations back.
  `create function begin_contact() returns trigger language plpgsql as $$
  declare person record;
  begin
    insert into contact_counts (contact_id) select id from added;
    for person in select id, number from added where number is not null order by id loop
      update conversations set contact_id = person.id where contact_number = person.number and contact_id is null;
    end loop;
    return null;
  end $$`,
  `create trigger contacts_begin after insert on contacts referencing new table as added
    for each statement execute function begin_contact()`,

  // Files of contacts, as they came in, until they are imported, and a day at the most.
  `create table contact_uploads (
    id text primary key check (id ~ '^upload_[0-9a-f]{32}$'),
    file_name text not null,
    is_whole boolean not null default false,
    created_at timestamptz not null default now()
  )`,
  `create table contact_upload_parts (
    upload_id text not null references contact_uploads (id) on delete cascade,
    seq integer not null,
    data bytea not null,
    primary key (upload_id, seq)
  )`,
  `create table contact_jobs (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('import', 'backfill')),
    state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed')),
    actor jsonb not null,
    spec jsonb not null,
    upload_id text references contact_uploads (id) on delete set null,
    backfill_id bigint references backfills (id) on delete set null,
    -- How far it is: the last line of a file that is taken in.
    line bigint not null default 0,
    succeeded integer not null default 0,
    failed integer not null default 0,
    problems jsonb not null default '[]',
    -- How often it was taken up since it last got on.
    tries integer not null default 0,
    why text,
    asked_at timestamptz not null default now(),
    ended_at timestamptz
  )`,
  // One at a time, in all processes.
  `create unique index contact_jobs_open on contact_jobs (kind) where state in ('queued', 'running')`,
  'create index contact_jobs_newest on contact_jobs (kind, id desc)',
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const undoing = [
  'drop table contact_jobs',
  'drop table contact_upload_parts',
  'drop table contact_uploads',
  'drop trigger contacts_begin on contacts',
  'drop function begin_contact',
  'drop trigger conversations_taken_from_contacts on conversations',
  'drop trigger conversations_moved_between_contacts on conversations',
  'drop trigger conversations_added_to_contacts on conversations',
  'drop function count_talks',
  'drop function count_talk',
  'drop index crm_record_keys_open',
  'drop index crm_records_external',
  'drop index conversations_contact_started',
  'drop table contact_counts',
  'drop table contact_tags',
  'drop index contacts_fields',
  'drop index contacts_tags',
  'alter table contacts drop column memory, drop column tag_ids',
]

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of undoing) await sql.raw(statement).execute(db)
}
