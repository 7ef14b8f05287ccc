import { type Kysely, sql } from 'kysely'

/**
 * Backfills that ask no model, their exact plans, and what an undo did to each cell. A plan's rows hold what stood in the CRM:
 * they go with the record, and with the plan when it has expired.
 */
const statements = [
  `alter table runs add column fields text[]`,
  `create table plans (
    id bigint generated always as identity primary key,
    -- The run that applies it, once it is started.
    run_id bigint unique references runs (id),
    digest text,
    totals jsonb not null default '{}',
    made_at timestamptz not null default now(),
    expires_at timestamptz not null
  )`,
  'create index plans_expires on plans (expires_at)',
  `create table plan_rows (
    plan_id bigint not null references plans (id) on delete cascade,
    record_id bigint not null references crm_records (id) on delete cascade,
    -- The selected conversations that speak for the record, and the match steps that linked them.
    conversation_ids text[] not null,
    steps text[] not null,
    cells jsonb,
    stay_out integer not null default 0,
    primary key (plan_id, record_id)
  )`,
  'create index plan_rows_record on plan_rows (record_id)',
  `alter table backfills
    add column kind text not null default 'extract' check (kind in ('extract', 'mapping')),
    add column mapping text,
    add column fields text[],
    add column plan_id bigint unique references plans (id) on delete set null,
    add constraint backfills_mapping_only check (kind = 'mapping' or (mapping is null and fields is null and plan_id is null))`,
  // The cells that an undo reaches; without a decision until a push has come by.
  `create table run_cells (
    run_id bigint not null references runs (id),
    record_id bigint not null references crm_records (id) on delete cascade,
    field text not null,
    before text,
    after text,
    decision jsonb,
    primary key (run_id, record_id, field)
  )`,
  'create index run_cells_open on run_cells (record_id) where decision is null',
  'create index run_cells_record on run_cells (record_id)',
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table run_cells`.execute(db)
  await sql`alter table backfills drop column kind, drop column mapping, drop column fields, drop column plan_id`.execute(
    db,
  )
  await sql`drop table plan_rows, plans`.execute(db)
  await sql`alter table runs drop column fields`.execute(db)
}
