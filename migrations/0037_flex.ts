import { type Kysely, sql } from 'kysely'

/**
 * The half-price lane: whether a backfill is asked as flex, and until when; how each call was served. A deadline is one for leaving flex,
 * and what asks no model has no lane to choose.
 */
const statements = [
  `alter table backfills
    add column lane text not null default 'standard' check (lane in ('standard', 'flex')),
    add column deadline_at timestamptz,
    add constraint backfills_deadline check (deadline_at is null or lane = 'flex'),
    add constraint backfills_lane check (lane = 'standard' or kind = 'extract')`,
  `alter table attempts add column tier text not null default 'standard' check (tier in ('standard', 'flex'))`,
  // How long the last calls of each lane took, however many the other has made since.
  `create index attempts_lane on attempts (model, tier, ended_at) where purpose = 'analysis' and input_tokens > 0`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const undoing = [
  'drop index attempts_lane',
  'alter table attempts drop column tier',
  'alter table backfills drop column lane, drop column deadline_at',
]

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of undoing) await sql.raw(statement).execute(db)
}
