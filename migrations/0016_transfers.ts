import { type Kysely, sql } from 'kysely'

/** Who held a conversation after whom, and which versions each analysis was asked with. */
const statements = [
  // In order: whom it went to, the version where it is known, and whose items count from there on.
  `alter table conversations add column transfers jsonb not null default '[]'`,
  // In the order of the transfers; none: a config given inline. Null: made before this was kept, with `agent_version` alone.
  'alter table analyses add column config_parts jsonb',
  // What counts can be asked again, so a version holds its config.
  `alter table analyses add constraint analyses_inline_not_kept
    check (kept_at is null or config_parts is distinct from '[]')`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const undo = ['alter table analyses drop column config_parts', 'alter table conversations drop column transfers']

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of undo) await sql.raw(statement).execute(db)
}
