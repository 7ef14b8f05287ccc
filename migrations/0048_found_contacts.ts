import { type Kysely, sql } from 'kysely'

/** A contact by its e-mail, and the few who are not to be called, are found without a look at all others. */
const statements = [
  'create index contacts_email on contacts (email) where email is not null',
  'create index contacts_do_not_call on contacts (id) where do_not_call',
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const index of ['contacts_do_not_call', 'contacts_email']) await sql.raw(`drop index ${index}`).execute(db)
}
