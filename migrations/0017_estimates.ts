import { type Kysely, sql } from 'kysely'

/** What estimates learn from: how large the questions were that a model was asked, and what of them was written to its cache. */
const statements = [
  // The bytes of the part that is the same for all conversations of a config, and how much was asked: the fields of an analysis, the
  // texts of a merge. Null: noted before there was either, or nothing to learn from.
  `alter table attempts
    add column static_bytes integer check (static_bytes >= 0),
    add column parts integer check (parts >= 0),
    add column cache_write_tokens integer`,
  // What the try asks, as analyses have it: the second of two belongs to the first of the same request. Null: of no analysis, or
  // noted before.
  'alter table attempts add column request_hash text',
  // The newest ones of a model that were billed, however many there are. By their end: by their ids the planner would walk the primary
  // key, past all that other models were asked since.
  `create index attempts_measured on attempts (purpose, model, ended_at, id)
    where static_bytes is not null and parts is not null and input_tokens > 0`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const undo = [
  'drop index attempts_measured',
  'alter table attempts drop column static_bytes, drop column parts, drop column cache_write_tokens, drop column request_hash',
]

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of undo) await sql.raw(statement).execute(db)
}
