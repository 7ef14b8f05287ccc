import { type Kysely, sql } from 'kysely'

/**
 * Records that were imported before scans noted whom they see: where none of an object counted as seen, its next scan would count as
 * the first, and what has changed since as having always been so.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`update crm_records set seen_at = connections.imported_at
    from connections
    where connections.name = crm_records.connection and connections.imported_at is not null and crm_records.seen_at is null`.execute(
    db,
  )
}

/** What was seen stays seen. */
export async function down(): Promise<void> {}
