import { type Kysely, sql } from 'kysely'

/** What an activity was refused for, by the CRM's own name for it, which quotes nothing. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table activities add column refused_code text`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table activities drop column refused_code`.execute(db)
}
