import { type Kysely, sql } from 'kysely'

const statements = [
  // What somebody has set on a conversation since it came in: `metadata` whole, `variables` and `raw` as what is laid over them. Kept
  // beside the columns that show it, for the vendor sends conversations again and knows nothing of it.
  `alter table conversations add column updates jsonb not null default '{}'`,
  // Lists by what was found run along this one in their order, and look at no row that they do not show. The ones for a single
  // value of one of them put nothing in order.
  `create index analyses_listed on analyses (started_at desc, conversation_id) include (sentiment, successful) where current`,
  'drop index analyses_sentiment',
  'drop index analyses_successful',
  // They begin when their conversation does, also where that was told anew.
  `update analyses set started_at = conversations.started_at from conversations
    where conversations.id = conversation_id and analyses.started_at is distinct from conversations.started_at`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const undo = [
  'create index analyses_sentiment on analyses (sentiment, started_at) where current',
  'create index analyses_successful on analyses (successful, started_at) where current',
  'drop index analyses_listed',
  'alter table conversations drop column updates',
]

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of undo) await sql.raw(statement).execute(db)
}
