import { type Kysely, sql } from 'kysely'

/** What is left of a settled conversation names all rules that fed its field; and what removal and undo look by has an index. */
const statements = [
  // The versions of the rules that fed the field beside `rule` when the value was found.
  `alter table field_events add column beside jsonb not null default '[]'`,
  // Removing a conversation asks each of these for its own, row by row, to keep the foreign key true.
  'create index attempts_conversation on attempts (conversation_id)',
  'create index backfill_items_conversation on backfill_items (conversation_id)',
  // By the record alone: the primary key begins with the connection.
  'create index marks_record on marks (record_id)',
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const undo = [
  'drop index marks_record',
  'drop index backfill_items_conversation',
  'drop index attempts_conversation',
  'alter table field_events drop column beside',
]

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of undo) await sql.raw(statement).execute(db)
}
