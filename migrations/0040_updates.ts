import { type Kysely, sql } from 'kysely'

/**
 * What somebody has set on a conversation since it came in: `metadata` whole, `variables` and `raw` as what is laid over them. Kept
 * beside the columns that show it, for the vendor sends conversations again and knows nothing of it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table conversations add column updates jsonb not null default '{}'`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table conversations drop column updates`.execute(db)
}
