import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { claimDue, takeUpRequest } from '../../src/triggers/index.ts'
import { openDoor } from './door.ts'

// Nobody works here: what is asked for waits.
const { world, crm, send, trigger, read } = await openDoor({}, { working: false })
const recordId = crm.addRecord('+12125550101')

const jobs = async () => {
  const { count } = await world.db
    .withTables<{ 'pgboss.job': { name: string } }>()
    .selectFrom('pgboss.job')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('name', '=', 'triggers.rerun')
    .executeTakeFirstOrThrow()
  return count
}

test('without a key, twenty that ask for the same at once join the one that waits, with one job', async () => {
  const asked = await Promise.all(Array.from({ length: 20 }, () => trigger({ record_id: recordId })))
  expect(new Set(asked.map((accepted) => accepted.id)).size).toBe(1)
  expect(await jobs()).toBe(1)
  const [first] = asked
  expect(await read(first?.id ?? '')).toMatchObject({ state: 'waiting', outcomes: [], fields: [] })
})

test('who asks for something else, or under a key, is a request of its own', async () => {
  const before = await jobs()
  const bodies = [
    { conversations: 'all' },
    { conversations: 'all', most: 3 },
    { since: '2026-03-01' },
    { request_key: 'k' },
  ]
  const asked = await Promise.all(bodies.map((body) => trigger({ record_id: recordId, ...body })))
  const joined = await Promise.all(bodies.map((body) => trigger({ record_id: recordId, ...body })))
  expect(new Set(asked.map((accepted) => accepted.id)).size).toBe(bodies.length)
  expect(joined.map((accepted) => accepted.id)).toEqual(asked.map((accepted) => accepted.id))
  expect((await jobs()) - before).toBe(bodies.length)
})

test('what is refused leaves neither a request nor a job', async () => {
  const before = await jobs()
  expect((await send('POST', '/v1/triggers/main', { record_id: 'x' })).status).toBe(400)
  expect(await jobs()).toBe(before)
})

test('a body that does not call itself JSON is 415, and no surprise to the log', async () => {
  const answer = await send('POST', '/v1/triggers/main', { record_id: recordId }, { 'content-type': 'text/plain' })
  expect(answer.status).toBe(415)
  expect(await answer.json()).toMatchObject({ error: { code: 'request.refused' } })
})

test('what nobody foresaw leaves it to the next attempt, and after the tenth it has failed', async () => {
  const { id } = await trigger({ record_id: recordId, request_key: 'surprise' })
  const request = { requestId: Number(id.replace('trigger_', '')), signal: new AbortController().signal }
  const take = (attempt: number) => takeUpRequest({ ...world, rerunsPerContactAndHour: 1 }, { ...request, attempt })
  await sql`alter table links rename to links_away`.execute(world.db)
  await expect(take(1)).rejects.toThrow('links')
  expect(await read(id)).toMatchObject({ state: 'waiting' })
  await expect(take(10)).rejects.toThrow('links')
  await sql`alter table links_away rename to links`.execute(world.db)
  expect(await read(id)).toMatchObject({ state: 'failed', reason: 'internal', message: expect.stringContaining(id) })
})

test('taken up by a worker that is told to end, it is due at once for whoever lives', async () => {
  const { id } = await trigger({ record_id: recordId, request_key: 'ending' })
  const requestId = Number(id.replace('trigger_', ''))
  await takeUpRequest(
    { ...world, rerunsPerContactAndHour: 1 },
    { requestId, attempt: 1, signal: AbortSignal.abort(new Error('told to end')) },
  )
  expect(await claimDue(world.db, 25)).toEqual([requestId])
  expect(await read(id)).toMatchObject({ state: 'waiting' })
})

test('without an active mapping nothing would come of it: 409', async () => {
  await world.db.updateTable('mapping_files').set({ active: false }).execute()
  const answer = await send('POST', '/v1/triggers/main', { record_id: recordId })
  expect(answer.status).toBe(409)
  expect(await answer.text()).toContain('no mapping file is active for connection main')
})
