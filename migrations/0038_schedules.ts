import { type Kysely, sql } from 'kysely'

/** Backfills that files declare to repeat: what is in force, each due time once, and what a schedule may spend. */
const statements = [
  // Every version that was ever in force: what a run of it was is told by its hash.
  `create table schedule_files (
    hash text primary key,
    text text not null,
    saved_at timestamptz not null default now()
  )`,
  `create table schedules (
    name text primary key check (name ~ '^[a-z][a-z0-9_-]*$'),
    path text not null,
    file_hash text not null references schedule_files (hash),
    -- Its file is there. The row stays when it is gone, for its runs, and for the limit of one that is going.
    active boolean not null,
    enabled boolean not null,
    -- Due times up to here are none of it: it was not there, or was to run at other times.
    since timestamptz not null,
    cap_usd numeric(14, 8) check (cap_usd >= 0),
    cap_period text check (cap_period in ('day', 'week', 'month')),
    check ((cap_usd is null) = (cap_period is null))
  )`,
  `create table schedule_runs (
    id bigint generated always as identity primary key,
    schedule text not null references schedules (name),
    file_hash text not null references schedule_files (hash),
    -- Null: asked for by hand, by \`asked_by\`.
    due_at timestamptz,
    asked_by text,
    -- Due times before it that nobody was there to start.
    missed integer not null default 0,
    state text not null check (state in ('claimed', 'started', 'skipped', 'empty', 'failed')),
    why text,
    -- Of one that could not be started yet: not tried again before.
    retry_at timestamptz,
    claimed_at timestamptz not null,
    unique (schedule, due_at),
    check ((due_at is null) = (asked_by is not null)),
    check (state in ('claimed', 'started') or why is not null)
  )`,
  // Of a schedule one at a time is on its way to be started.
  `create unique index schedule_runs_claimed on schedule_runs (schedule) where state = 'claimed'`,
  'create index schedule_runs_newest on schedule_runs (schedule, id desc)',
  'alter table backfills add column schedule_run_id bigint references schedule_runs (id) on delete set null',
  // However often it is planned: it starts once.
  `create unique index backfills_of_schedule_run on backfills (schedule_run_id) where state <> 'planned'`,
  `alter table budgets
    drop constraint budgets_period_check,
    add constraint budgets_period_check check (period in ('day', 'week', 'month', 'total'))`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const undo = [
  `delete from budgets where period = 'week'`,
  `alter table budgets
    drop constraint budgets_period_check,
    add constraint budgets_period_check check (period in ('day', 'month', 'total'))`,
  'alter table backfills drop column schedule_run_id',
  'drop table schedule_runs',
  'drop table schedules',
  'drop table schedule_files',
]

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of undo) await sql.raw(statement).execute(db)
}
