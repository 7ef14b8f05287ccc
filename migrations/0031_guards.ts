import { type Kysely, sql } from 'kysely'

/** What the plan of a backfill was asked to keep to: its sample, the most conversations, drafts that were named. A new plan of it keeps to the same. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table backfills
      add column guards jsonb not null default '{}' check (jsonb_typeof(guards) = 'object')
  `.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table backfills drop column guards`.execute(db)
}
