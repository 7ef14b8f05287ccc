import { type Kysely, sql } from 'kysely'

/** The most a backfill may spend in all: a budget of its own whose period never ends, so what it parks waits for a person. */
const statements = [
  'alter table backfills add column max_cost_usd numeric(14, 8) check (max_cost_usd > 0)',
  'alter table budgets drop constraint budgets_period_check',
  `alter table budgets add constraint budgets_period_check check (period in ('day', 'month', 'total'))`,
  'alter table backfills drop constraint backfills_parked',
  'alter table backfills add constraint backfills_parked check (parked_at is not null or parked_until is null)',
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const undo = [
  `update backfills set parked_at = null, parked_why = null, parked_needs_usd = null where parked_until is null`,
  'alter table backfills drop constraint backfills_parked',
  'alter table backfills add constraint backfills_parked check ((parked_at is null) = (parked_until is null))',
  `delete from budgets where period = 'total'`,
  'alter table budgets drop constraint budgets_period_check',
  `alter table budgets add constraint budgets_period_check check (period in ('day', 'month'))`,
  'alter table backfills drop column max_cost_usd',
]

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of undo) await sql.raw(statement).execute(db)
}
