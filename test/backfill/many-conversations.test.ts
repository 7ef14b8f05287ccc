import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { startRun } from '../../src/audit/index.ts'
import { transact } from '../../src/db/index.ts'
import { undoRun } from '../../src/sync/index.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld()
const { db, useCases, actor } = world
/** More than the parameters that one statement of PostgreSQL can have. */
const many = 66_000

await transact(db, async (trx) => {
  await sql`set local session_replication_role = replica`.execute(trx)
  await sql`insert into agents (id, kind) values ('agent_1', 'call')`.execute(trx)
  await sql`insert into conversations (id, kind, agent_id, status, spoken_at, content_hash)
    select 'c' || n, 'call', 'agent_1', 'ended', now(), '' from generate_series(1, ${many}::int) as n`.execute(trx)
  await sql`insert into crm_records (connection, object, external_id)
    select 'main', 'contacts', n::text from generate_series(1, ${many}::int) as n`.execute(trx)
  await sql`insert into links (conversation_id, mapping, connection, object, state, record_id)
    select 'c' || external_id, 'contacts', 'main', 'contacts', 'matched', id from crm_records`.execute(trx)
  await sql`insert into analysis_configs (hash, config) values ('h', '{}')`.execute(trx)
})

/** A running backfill that has analysed every conversation; what they say is held. */
async function backfillOfAll() {
  return transact(db, async (trx) => {
    // Foreign keys are not what is tried here, and most of the time it would take.
    await sql`set local session_replication_role = replica`.execute(trx)
    const runId = await startRun(trx, { kind: 'backfill', actor, reason: 'test' })
    await sql`insert into analyses (conversation_id, number, run_id, kept_at, request_hash, config_hash, engine, model, outcome)
      select id, 1, ${runId}::bigint, now(), '', 'h', '1', 'm', 'ok' from conversations`.execute(trx)
    await sql`insert into contributions (conversation_id, mapping, connection, analysis_id, run_id, vals, state)
      select conversation_id, 'contacts', 'main', id, run_id, '{}', 'held' from analyses`.execute(trx)
    const { rows } = await sql<{ id: number }>`
      insert into backfills (run_id, state, actor, reason, filter, frozen, estimate)
      values (${runId}, 'running', 'test', 'test', '{}', '{"configs":{},"mappings":{}}', '{}') returning id`.execute(
      trx,
    )
    const id = rows[0]?.id ?? 0
    await sql`insert into backfill_counts (backfill_id, outcome, items, cached, cost_usd)
      values (${id}, 'ok', ${many}, 0, 0)`.execute(trx)
    await sql`insert into backfill_items (backfill_id, seq, conversation_id, contact_key, state, outcome)
      select ${id}::bigint, row_number() over (order by id), id, id, 'done', 'ok' from conversations`.execute(trx)
    return { id, runId }
  })
}

async function marked(reason: string): Promise<number> {
  const { count } = await db
    .selectFrom('marks')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('reason', '=', reason)
    .executeTakeFirstOrThrow()
  return count
}

test('a backfill over more conversations than a statement takes parameters is paused, resumed and undone', async () => {
  const { id, runId } = await backfillOfAll()
  const { pushes } = await useCases.backfillStatus(id)
  expect(pushes).toMatchObject({ held: many, waiting: 0 })
  // A poll soon after takes over the count of the one before it; what a move changes is counted.
  expect((await useCases.backfillStatus(id)).pushes).toBe(pushes)
  await useCases.pauseBackfill({ id, actor })
  const paused = await useCases.backfillStatus(id)
  expect(paused.pushes).toEqual(pushes)
  expect(paused.pushes).not.toBe(pushes)
  await useCases.resumeBackfill({ id, actor })
  expect(await marked('released')).toBe(many)
  await expect(undoRun(world, { runId, actor, reason: 'test' })).resolves.toMatchObject({ records: many })
  expect(await marked('undo')).toBe(many)
}, 120_000)
