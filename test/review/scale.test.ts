import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { startRun } from '../../src/audit/index.ts'
import { transact } from '../../src/db/index.ts'
import { undoRun } from '../../src/sync/index.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld()
const { db, useCases, actor } = world
/** More than the parameters that one statement of PostgreSQL can have. */
const many = 70_000

await transact(db, async (trx) => {
  await sql`insert into agents (id, kind) values ('agent_1', 'call')`.execute(trx)
  await sql`insert into conversations (id, kind, agent_id, status, spoken_at, content_hash)
    select 'c' || n, 'call', 'agent_1', 'ended', now(), '' from generate_series(1, ${many}::int) as n`.execute(trx)
  await sql`insert into crm_records (connection, object, external_id)
    select 'main', 'contacts', n::text from generate_series(1, ${many}::int) as n`.execute(trx)
  await sql`insert into links (conversation_id, mapping, connection, object, state, record_id)
    select 'c' || external_id, 'contacts', 'main', 'contacts', 'matched', id from crm_records`.execute(trx)
  await sql`insert into analysis_configs (hash, config) values ('h', '{}')`.execute(trx)
})

/** A run that has analysed every conversation; what it says is held or released. */
async function runOfAll(state: 'held' | 'current') {
  return transact(db, async (trx) => {
    const runId = await startRun(trx, { kind: 'backfill', actor, reason: 'test' })
    await sql`insert into analyses (conversation_id, number, run_id, kept_at, request_hash, config_hash, engine, model, outcome)
      select id, ${runId}::int, ${runId}::bigint, now(), '', 'h', '1', 'm', 'ok' from conversations`.execute(trx)
    await sql`insert into contributions (conversation_id, mapping, connection, analysis_id, run_id, vals, state)
      select conversation_id, 'contacts', 'main', id, run_id, '{}', ${state} from analyses where run_id = ${runId}::bigint`.execute(
      trx,
    )
    return runId
  })
}

async function marked(): Promise<number> {
  const { count } = await db
    .selectFrom('marks')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

test('a run over more conversations than a statement takes parameters can be undone', async () => {
  const runId = await runOfAll('current')
  await expect(undoRun(world, { runId, actor, reason: 'test' })).resolves.toMatchObject({ records: many })
  expect(await marked()).toBe(many)
}, 60_000)

test('a backfill over as many can be paused and resumed', async () => {
  await db.deleteFrom('marks').execute()
  const runId = await runOfAll('held')
  const { rows } = await sql<{ id: number }>`
    insert into backfills (run_id, state, actor, reason, filter, frozen, estimate)
    values (${runId}, 'running', 'test', 'test', '{}', '{"configs":{},"mappings":{}}', '{}') returning id`.execute(db)
  const id = rows[0]?.id ?? 0
  await sql`insert into backfill_items (backfill_id, seq, conversation_id, contact_key, state, outcome)
    select ${id}::bigint, row_number() over (order by id), id, id, 'done', 'ok' from conversations`.execute(db)
  await useCases.pauseBackfill({ id, actor })
  await useCases.resumeBackfill({ id, actor })
  expect(await marked()).toBe(many)
}, 60_000)
