import { type Kysely, sql } from 'kysely'

/**
 * Our own contacts are a connection like the others, `local`: each contact is a record of it for as long as it is there, and
 * every change of a field is kept with who made it, as CRMs do.
 */
const statements = [
  // In whole milliseconds, as times are compared, and never twice the same for one contact.
  `alter table contacts add column changed_at timestamptz not null default date_trunc('milliseconds', now())`,
  `create table contact_changes (
    id bigint generated always as identity primary key,
    contact_id bigint not null references contacts (id) on delete cascade,
    field text not null,
    value jsonb not null,
    at timestamptz not null,
    author text not null check (author in ('us', 'person', 'automation', 'import')),
    actor text not null,
    at_latest boolean not null default false
  )`,
  'create index contact_changes_contact on contact_changes (contact_id, field, id desc)',
  `create trigger contact_changes_append_only before update on contact_changes
    for each row execute function refuse_rewrite()`,

  // Nobody kept when and by whom these were set.
  `insert into contact_changes (contact_id, field, value, at, author, actor, at_latest)
    select contacts.id, held.field, held.value, contacts.changed_at, 'import', 'before its history', true
    from contacts
    cross join lateral (
      select * from jsonb_each(contacts.fields)
      union all
      values ('email', to_jsonb(email)), ('first_name', to_jsonb(first_name)), ('last_name', to_jsonb(last_name)),
        ('do_not_call', to_jsonb(nullif(do_not_call, false)))
    ) as held (field, value)
    where held.value is not null and held.value <> 'null'`,

  `insert into connections (name, kind, account, own_app_id) values ('local', 'local', 'local', 'afterword')`,
  `insert into crm_records (connection, object, external_id, contact_id)
    select 'local', 'contacts', 'contact_' || id, id from contacts`,
  // Without it, each record that goes is looked for among all.
  `create index if not exists crm_records_merged_into on crm_records (merged_into) where merged_into is not null`,
  // Whoever makes a contact makes its record, and whoever erases it takes the record along.
  `create function record_of_contact() returns trigger language plpgsql as $$
  begin
    insert into crm_records (connection, object, external_id, contact_id)
    select 'local', 'contacts', 'contact_' || id, id from added;
    return null;
  end $$`,
  `create trigger contacts_are_records after insert on contacts referencing new table as added
    for each statement execute function record_of_contact()`,
  `create function erase_record_of_contact() returns trigger language plpgsql as $$
  begin
    with own as (select id from crm_records where connection = 'local' and contact_id = old.id)
    delete from crm_records
    where id in (
      select id from own
      union all
      select gone.id from own join crm_records as gone on gone.merged_into = own.id
    );
    return old;
  end $$`,
  `create trigger contacts_take_their_record before delete on contacts
    for each row execute function erase_record_of_contact()`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const undoing = [
  'drop index if exists crm_records_merged_into',
  'drop trigger contacts_take_their_record on contacts',
  'drop function erase_record_of_contact',
  'drop trigger contacts_are_records on contacts',
  'drop function record_of_contact',
  `delete from crm_scans where connection = 'local'`,
  `delete from crm_schemas where connection = 'local'`,
  `delete from crm_records where connection = 'local'`,
  `delete from connections where name = 'local'`,
  'drop table contact_changes',
  'alter table contacts drop column changed_at',
]

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of undoing) await sql.raw(statement).execute(db)
}
