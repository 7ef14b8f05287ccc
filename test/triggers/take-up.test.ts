import { sql } from 'kysely'
import { expect, test, vi } from 'vitest'
import { startWorking } from '../../src/main/index.ts'
import { forgetProvider } from '../support/forget-provider.ts'
import { openDoor } from './door.ts'

const { world, crm, trigger, reached, ended, say } = await openDoor({}, { working: false })
const number = '+12125550101'
const recordId = crm.addRecord(number)
await say('c1', number, '2026-03-03T10:00:00Z', 'Pro')

async function dueNow(): Promise<void> {
  await world.db
    .updateTable('trigger_requests')
    .set({ due_at: new Date(0) })
    .where('ended_at', 'is', null)
    .execute()
}

test('a request whose job was lost is taken up all the same', async () => {
  const { id } = await trigger({ record_id: recordId })
  await sql`delete from pgboss.job where name = 'triggers.rerun'`.execute(world.db)
  await startWorking(world)
  await dueNow()
  expect(await ended(id)).toMatchObject({ state: 'done', outcomes: [{ outcome: 'ok' }] })
})

test('a parked request whose run was undone meanwhile does not go on', async () => {
  await say('c2', number, '2026-03-04T10:00:00Z', 'Team')
  world.models.admin.fault({ kind: 'status', status: 429, retryAfterSeconds: 600, match: 'the Team plan' })
  const { id } = await trigger({ record_id: recordId, conversations: 'all' })
  const { run_id: runId } = await reached(id, 'parked')
  await world.useCases.undoRun({ runId: runId ?? 0, actor: world.actor, reason: 'test' })
  await dueNow()
  expect(await ended(id)).toMatchObject({ state: 'refused', reason: 'undone' })
  await forgetProvider(world)
})

test('a conversation that is deleted on the way is left out', async () => {
  world.models.admin.set({ latencyMs: 500 })
  const { id } = await trigger({ record_id: recordId })
  const calls = world.models.admin.state().requests
  await vi.waitUntil(() => world.models.admin.state().requests > calls, { timeout: 10_000 })
  await world.db.deleteFrom('conversations').where('id', '=', 'c2').execute()
  expect(await ended(id)).toMatchObject({ outcomes: [] })
  world.models.admin.set({ latencyMs: 0 })
})

test('whoever deletes a record or its contact deletes what it asked for', async () => {
  const requests = () =>
    world.db.selectFrom('trigger_requests').select('id').where('record_id', 'is not', null).execute()
  expect((await requests()).length).toBeGreaterThan(0)
  await world.db.deleteFrom('crm_records').where('external_id', '=', recordId).execute()
  expect(await requests()).toEqual([])
})
