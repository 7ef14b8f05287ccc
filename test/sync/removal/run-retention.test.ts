import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { transact } from '../../../src/db/index.ts'
import { moveLinks, removeDeleted, runRetention } from '../../../src/sync/index.ts'
import { backfill, planOf, workOn } from '../../support/backfills.ts'
import { call } from '../../support/conversations.ts'
import { createPlanWorld } from '../../support/plan-world.ts'
import { markAll } from '../../support/pushes.ts'
import { addContact } from '../../support/records.ts'

const world = await createPlanWorld()
const { db, crms, actor, useCases } = world
const longAgo = '2025-01-15T09:00:00Z'

function settle(retentionDays: number | null = 30) {
  return runRetention({ db, crms, now: () => new Date(), retentionDays }, { actor, reason: 'test' })
}

async function count(table: 'conversations' | 'transcripts' | 'field_events') {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from ${sql.table(table)}`.execute(db)
  return rows[0]?.count ?? 0
}

test('goes on batch by batch until nothing old is left, under one run; a second time there is nothing to do', async () => {
  const old = Array.from({ length: 130 }, (_, index) =>
    call({ id: `old_${index}`, at: '2025-04-10T10:00:00Z', turns: ['I want the Pro plan.'] }),
  )
  await world.take(...old, call({ id: 'new', at: new Date().toISOString(), turns: ['I want the Pro plan.'] }))
  const { runId, settled, left } = await settle()
  expect([settled, left, await count('conversations'), await count('transcripts')]).toEqual([130, 0, 1, 1])
  const batches = db.selectFrom('audit_entries').select('after').where('action', '=', 'conversations.settled')
  expect((await batches.where('run_id', '=', runId).execute()).length).toBe(3)
  expect(await settle()).toMatchObject({ runId: null, settled: 0, left: 0 })
})

test('is off unless it is set', async () => {
  await expect(settle(null)).rejects.toMatchObject({ code: 'retention.off', status: 409 })
})

test('leaves what a running backfill has still to do', async () => {
  const number = '+12125550171'
  const id = await addContact(world, { properties: { phone: number }, at: longAgo })
  await world.take(call({ id: number, at: '2025-04-10T10:00:00Z', number, turns: ['I want the Pro plan.'] }))
  const backfillId = await planOf(world, number)
  await useCases.startBackfill({ id: backfillId, actor })
  expect(await settle()).toMatchObject({ settled: 0, left: 1 })
  await workOn(world, backfillId)
  expect(await settle()).toMatchObject({ settled: 0, left: 1 })
  await world.push()
  expect(await settle()).toMatchObject({ settled: 1, left: 0 })
  expect(world.held(id)).toMatchObject({ plan_wanted: 'Pro' })
})

test('what was settled moves with a record that the CRM merges into another', async () => {
  const numbers = ['+12125550172', '+12125550173']
  const ids: string[] = []
  for (const [index, number] of numbers.entries()) {
    ids.push(await addContact(world, { properties: { phone: number }, at: longAgo }))
    const turns = [`I want the ${index === 0 ? 'Team' : 'Basic'} plan.`]
    await world.take(call({ id: number, at: `2025-0${6 - index}-10T10:00:00Z`, number, turns }))
  }
  await backfill(world, ...numbers)
  await settle()
  const records = await db
    .selectFrom('crm_records')
    .select(['id', 'external_id'])
    .where('external_id', 'in', ids)
    .execute()
  const recordOf = (externalId = '') => records.find((record) => record.external_id === externalId)?.id ?? 0
  const move = { connection: 'main', from: recordOf(ids[0]), to: recordOf(ids[1]) }
  await transact(db, (trx) => moveLinks(trx, move))
  await world.push()
  expect(world.held(ids[1] ?? '')).toMatchObject({ plan_wanted: 'Team' })
})

test('a deleted conversation stays sealed until its grace ends, and then goes', async () => {
  const number = '+12125550174'
  await addContact(world, { properties: { phone: number }, at: longAgo })
  await world.take(call({ id: number, at: new Date().toISOString(), number, turns: ['I want the Pro plan.'] }))
  await backfill(world, number)
  const { until } = await useCases.deleteConversation({ id: number, actor, reason: 'test' })
  const endedAt = until?.getTime() ?? 0
  expect(Math.round((endedAt - Date.now()) / 86_400_000)).toBe(30)
  expect(await removeDeleted({ db, crms, now: () => new Date(endedAt - 1) })).toBe(0)
  expect(await removeDeleted({ db, crms, now: () => new Date(endedAt) })).toBe(1)
  await markAll(world)
  await world.push()
  const rows = await db.selectFrom('conversations').select('id').where('id', '=', number).execute()
  expect(rows).toEqual([])
})

test('whatever hangs on a record is either forgotten with its cells, or holds no value of them', async () => {
  const { rows } = await sql<{ name: string }>`
    select distinct conrelid::regclass::text as name from pg_constraint
    where contype = 'f' and confrelid = 'crm_records'::regclass order by 1`.execute(db)
  const forgotten = ['field_events', 'ledger', 'plan_rows', 'record_state', 'run_cells', 'stretches']
  const withoutValues = [
    'activities',
    'created_records',
    'crm_record_keys',
    'crm_records',
    'links',
    'marks',
    'overruled_links',
    'resolutions',
    'trigger_requests',
  ]
  expect(rows.map(({ name }) => name)).toEqual([...forgotten, ...withoutValues].sort())
})
