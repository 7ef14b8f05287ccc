import { type Kysely, sql } from 'kysely'

/** The canary of a backfill: its first contacts are analysed and held until it has passed, and where it has not, it is stopped for a person. */
const statements = [
  `alter table backfills
    add column canary jsonb,
    -- The last item of its contacts.
    add column canary_until integer,
    add column canary_rates jsonb,
    add column canary_why text,
    add column canary_passed_at timestamptz,
    drop constraint backfills_state_check,
    add constraint backfills_state_check check (state in ('planned', 'running', 'paused', 'stopped', 'done', 'cancelled')),
    add constraint backfills_canary check ((canary is null) = (canary_until is null)),
    add constraint backfills_canary_extracts check (canary is null or kind = 'extract'),
    add constraint backfills_canary_passed check (canary_passed_at is null or canary is not null),
    add constraint backfills_stopped check (
      state <> 'stopped' or (canary is not null and canary_why is not null and canary_passed_at is null and parked_at is null)
    ),
    add constraint backfills_done_after_canary check (state <> 'done' or canary is null or canary_passed_at is not null)`,
  // A canary that is stopped has an exact plan of its own contacts.
  `alter table backfills
    drop constraint backfills_mapping_only,
    add constraint backfills_mapping_only check (
      kind = 'mapping' or (mapping is null and fields is null and (plan_id is null or canary is not null))
    )`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const undo = [
  `update backfills set state = 'paused' where state = 'stopped'`,
  `update backfills set plan_id = null where kind = 'extract'`,
  `alter table backfills
    drop constraint backfills_mapping_only,
    add constraint backfills_mapping_only check (kind = 'mapping' or (mapping is null and fields is null and plan_id is null)),
    drop constraint backfills_state_check,
    add constraint backfills_state_check check (state in ('planned', 'running', 'paused', 'done', 'cancelled')),
    drop constraint backfills_stopped,
    drop constraint backfills_done_after_canary,
    drop column canary, drop column canary_until, drop column canary_rates, drop column canary_why, drop column canary_passed_at`,
]

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of undo) await sql.raw(statement).execute(db)
}
