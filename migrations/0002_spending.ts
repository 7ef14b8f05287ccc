import { type Kysely, sql } from 'kysely'

/** Spending limits: what is allowed, what of it is taken, and what waits because nothing is left. */
const statements = [
  // The API key behind a run whose actor is a CRM trigger; where the key itself is the actor, it stands there.
  'alter table runs add column key_name text',
  `alter table api_keys
    add column usd_per_day numeric(14, 8) check (usd_per_day >= 0),
    add column usd_per_month numeric(14, 8) check (usd_per_month >= 0)`,

  // The most an attempt can cost. It counts against its budgets as long as what it did cost is not known.
  'alter table attempts add column reserved_usd numeric(14, 8)',
  // What was paid stays paid when the conversation is erased; an attempt holds nothing personal but its id.
  `alter table attempts
    drop constraint attempts_conversation_id_fkey,
    add constraint attempts_conversation_id_fkey
      foreign key (conversation_id) references conversations (id) on delete set null`,

  // One row per scope and calendar period (UTC) in which a limit was looked at: the sum over the scope's attempts.
  `create table budgets (
    scope text not null,
    period text not null check (period in ('day', 'month')),
    starts_on date not null,
    reserved_usd numeric(16, 8) not null,
    spent_usd numeric(16, 8) not null,
    primary key (scope, period, starts_on)
  )`,

  // Analyses of new conversations that no model could be asked for yet.
  `create table parked_analyses (
    conversation_id text not null references conversations (id) on delete cascade,
    run_id bigint not null references runs (id),
    code text not null,
    why text not null,
    needs_usd numeric(14, 8),
    since timestamptz not null,
    retry_at timestamptz not null,
    -- Taken up by a job: nobody else takes it up before.
    taken_until timestamptz not null default '-infinity',
    primary key (conversation_id, run_id)
  )`,
  `alter table backfills
    add column parked_at timestamptz,
    add column parked_until timestamptz,
    add column parked_why text,
    add column parked_needs_usd numeric(14, 8),
    add constraint backfills_parked check ((parked_at is null) = (parked_until is null))`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const undo = [
  `alter table backfills drop column parked_at, drop column parked_until, drop column parked_why,
    drop column parked_needs_usd`,
  'drop table parked_analyses',
  'drop table budgets',
  'delete from attempts where conversation_id is null',
  `alter table attempts
    drop column reserved_usd,
    drop constraint attempts_conversation_id_fkey,
    add constraint attempts_conversation_id_fkey
      foreign key (conversation_id) references conversations (id) on delete cascade`,
  'alter table api_keys drop column usd_per_day, drop column usd_per_month',
  'alter table runs drop column key_name',
]

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of undo) await sql.raw(statement).execute(db)
}
