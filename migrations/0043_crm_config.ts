import { type Kysely, sql } from 'kysely'

/** What of the source product's CRM configuration no mapping file says: how contacts are shown, and a prompt that is only kept. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table crm_config (
    is_only boolean primary key default true check (is_only),
    contact_columns_order jsonb,
    contact_memory_update_prompt text
  )`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table crm_config`.execute(db)
}
