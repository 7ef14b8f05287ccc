import { type Kysely, sql } from 'kysely'

/** A contact by its e-mail, the few who are not to be called, and what people corrected in an item are found without a look at all others. */
const statements = [
  'create index contacts_email on contacts (email) where email is not null',
  'create index contacts_do_not_call on contacts (id) where do_not_call',
  'create index corrections_item on corrections (item, conversation_id, run_id desc)',
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const index of ['corrections_item', 'contacts_do_not_call', 'contacts_email'])
    await sql.raw(`drop index ${index}`).execute(db)
}
