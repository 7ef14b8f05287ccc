import { type Kysely, sql } from 'kysely'

/**
 * A deleted agent keeps its row, which its conversations name, and has no versions. No number of a version is given twice: an
 * analysis says which one it was made with.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table agents add column deleted_version integer`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table agents drop column deleted_version`.execute(db)
}
