import { type Kysely, sql } from 'kysely'

/** A run of which a CRM refuses too many rows is stopped for a person, who is told why; what was counted then is not counted again. */
const statements = [
  'alter table backfills add column paused_why text',
  'alter table runs add column refusals_counted_to bigint',
  'create index ledger_run_newest on ledger (run_id, id desc)',
  'drop index ledger_run',
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const undo = [
  'create index ledger_run on ledger (run_id)',
  'drop index ledger_run_newest',
  'alter table runs drop column refusals_counted_to',
  'alter table backfills drop column paused_why',
]

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of undo) await sql.raw(statement).execute(db)
}
