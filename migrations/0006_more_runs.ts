import { type Kysely, sql } from 'kysely'

const before = ['intake', 'rerun', 'backfill', 'correction', 'undo', 'import', 'activation']
const added = ['match', 'deletion', 'retention', 'erasure']

/** More decisions that change something: whose a conversation is, and that it is no more. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await allow(db, [...before, ...added])
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await allow(db, before)
}

async function allow(db: Kysely<unknown>, kinds: string[]): Promise<void> {
  const list = kinds.map((kind) => `'${kind}'`).join(', ')
  await sql
    .raw(`alter table runs drop constraint runs_kind_check, add constraint runs_kind_check check (kind in (${list}))`)
    .execute(db)
}
