import { beforeAll, expect, test, vi } from 'vitest'
import { backfillEvents } from '../../src/http/v1/backfill-events.ts'
import { createWorld } from '../support/world.ts'
import { openAppOn } from './open-app.ts'

const world = await createWorld()
const { call, app } = await openAppOn(world)

beforeAll(async () => {
  await call('POST', '/v1/agents/import', { agents: [{ agent_id: 'agent_1', version: 0 }] })
  const turns = [{ role: 'user', content: 'My budget is 1500 dollars.' }]
  for (const n of [1, 2]) {
    const spoken = { agent_id: 'agent_1', call_status: 'ended', direction: 'inbound', transcript_object: turns }
    const from = { from_number: `+1415555013${n}`, start_timestamp: 1_760_000_000_000 + n * 60_000 }
    await call('POST', '/v1/conversations', { call_id: `call_${n}`, ...spoken, ...from })
  }
})

test('a lane that the provider does not have is refused, and so are a deadline that is none and another lane', async () => {
  const plan = { filter: { agent: 'agent_1' }, reason: 'new prompts' }
  const asked = async (more: object) => {
    const answer = await call('POST', '/v1/backfills', { ...plan, ...more })
    return { status: answer.status, body: await answer.json() }
  }
  expect(await asked({ lane: 'flex' })).toMatchObject({
    status: 422,
    body: { error: { code: 'backfill.lane', message: expect.stringContaining('(generic, http://') } },
  })
  expect(await asked({ lane: 'flex', deadline: 'soon' })).toMatchObject({
    status: 422,
    body: { error: { code: 'backfill.deadline' } },
  })
  expect(await asked({ lane: 'cheap' })).toMatchObject({ status: 400 })
})

test('by flex, the lanes, the deadline and how many went by which are told', async () => {
  const { model } = world
  const { profile } = model
  model.profile = { ...profile, hasFlex: true }
  try {
    const body = { filter: { agent: 'agent_1' }, reason: 'x', lane: 'flex', deadline: '2126-01-01T00:00:00+01:00' }
    const planned = Object(await (await call('POST', '/v1/backfills', body)).json())
    expect(planned).toMatchObject({
      lane: 'flex',
      deadline_at: '2125-12-31T23:00:00.000Z',
      estimate: { lanes: { standard: { cost_usd: expect.any(Number), seconds: null }, flex: { seconds: null } } },
    })
    const { standard, flex } = planned.estimate.lanes
    expect(planned.estimate.cost_usd).toBe(flex.cost_usd)
    expect(flex.cost_usd).toBeCloseTo(standard.cost_usd / 2, 12)
    expect(await (await call('GET', `/v1/backfills/${planned.id}`)).json()).toMatchObject({
      lanes: { standard: 0, flex: 0, unavailable: 0 },
    })
    await world.db.deleteFrom('backfills').where('id', '=', planned.id).execute()
  } finally {
    model.profile = profile
  }
})

test('a backfill is planned, started, paused, resumed and cancelled; what its state does not allow is 409', async () => {
  const planned = await call('POST', '/v1/backfills', { filter: { agent: 'agent_1' }, reason: 'new prompts' })
  expect(planned.status).toBe(201)
  const plan = await planned.json()
  expect(plan).toMatchObject({
    state: 'planned',
    actor: 'key:tester',
    reason: 'new prompts',
    estimate: {
      conversations: 2,
      cost_usd_low: expect.any(Number),
      cost_usd_high: expect.any(Number),
      cost_usd_at_most: expect.any(Number),
      learned_from_calls: 0,
      prices_as_of: '2026-11-21',
    },
  })
  const { id } = Object(plan)
  for (const [move, state] of [
    ['start', 'running'],
    ['pause', 'paused'],
    ['resume', 'running'],
    ['cancel', 'cancelled'],
  ]) {
    expect(await (await call('POST', `/v1/backfills/${id}/${move}`)).json()).toMatchObject({ id, state })
    expect((await call('POST', `/v1/backfills/${id}/start`)).status).toBe(409)
  }
  expect(await (await call('GET', `/v1/backfills/${id}`)).json()).toMatchObject({
    backfill: { state: 'cancelled' },
    settled: true,
    items: { total: 2, done: 0 },
  })
  expect(await (await call('GET', `/v1/backfills/${id}/report`)).json()).toMatchObject({
    cells: [],
    cost: { actual_usd: 0 },
  })
  expect(await (await call('POST', `/v1/backfills/${id}/undo`)).json()).toMatchObject({
    run_id: expect.any(Number),
    records: 0,
  })
  expect(await (await call('GET', '/v1/backfills')).json()).toMatchObject({ items: [{ id }] })
})

test('the events of a backfill end when all is settled', async () => {
  const { id } = Object(await (await call('POST', '/v1/backfills', { filter: {}, reason: 'x', start: true })).json())
  const answer = await call('GET', `/v1/backfills/${id}/events`)
  expect(answer.headers.get('content-type')).toContain('text/event-stream')
  await call('POST', `/v1/backfills/${id}/cancel`)
  const text = await answer.text()
  expect(text).toContain('event: progress')
  expect(text).toContain('"state":"cancelled"')
  expect(text.match(/^event: .*/gm)?.at(-1)).toBe('event: end')
  expect((await app.request(`/v1/backfills/${id}/events`)).status).toBe(401)
})

test('the events send comments while nothing changes, and wait for a slow reader', async () => {
  const { id } = Object(await (await call('POST', '/v1/backfills', { filter: {}, reason: 'x', start: true })).json())
  const warn = vi.fn()
  const log = { debug: warn, info: warn, warn, error: warn }
  let asked = 0
  let isDown = false
  const backfillStatus = async (of: number) => {
    asked += 1
    if (isDown) throw new Error('the database is away')
    // Something new each time: only the reader sets the pace.
    const status = await world.useCases.backfillStatus(of)
    return asked < 50 ? { ...status, modelCalls: asked } : status
  }
  const events = backfillEvents({ backfillStatus, log }, { everyMs: 1, heartbeatMs: 20 })
  const { body } = await events.request(`/v1/backfills/${id}/events`)
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader()
  const read = async () => (await reader?.read())?.value
  expect(await read()).toContain('event: progress')
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(asked).toBeLessThan(20)
  asked = 50
  await vi.waitUntil(async () => (await read())?.startsWith(': nothing new'))
  isDown = true
  await vi.waitUntil(async () => (await read()) === undefined)
  expect(warn).toHaveBeenCalledOnce()
  await call('POST', `/v1/backfills/${id}/cancel`)
})

test('speed and cost of a backfill are changed while it runs; what is neither is told', async () => {
  const { id } = Object(await (await call('POST', '/v1/backfills', { filter: {}, reason: 'x', start: true })).json())
  const path = `/v1/backfills/${id}`
  expect(await (await call('PATCH', path, { concurrency: 8 })).json()).toMatchObject({ id, concurrency: 8 })
  expect(await (await call('PATCH', path, { max_cost_usd: 2.5 })).json()).toMatchObject({ max_cost_usd: 2.5 })
  const both = { concurrency: 4, max_cost_usd: null }
  expect(await (await call('PATCH', path, both)).json()).toMatchObject({ id, ...both, state: 'running' })
  for (const wrong of [
    { concurrency: 0 },
    { concurrency: 2.5 },
    {},
    { concurency: 3 },
    { concurrency: 3, state: 'done' },
    { max_cost_usd: 0 },
    { max_cost_usd: '5' },
  ])
    expect((await call('PATCH', path, wrong)).status).toBe(400)
  await call('POST', `${path}/cancel`)
  expect((await call('PATCH', path, { concurrency: 9 })).status).toBe(409)
  expect((await call('PATCH', '/v1/backfills/9999', { concurrency: 9 })).status).toBe(404)
})

test.each([
  ['?format=csv', {}, 'text/csv; charset=utf-8', /^connection,record,field,before,after,decision,by,why,code\r\n$/],
  ['', { accept: 'text/csv' }, 'text/csv; charset=utf-8', /^connection,/],
  ['', { accept: 'text/markdown, text/html;q=0.5' }, 'text/markdown; charset=utf-8', /^# Backfill \d+: cancelled\n/],
  ['?format=md', { accept: 'text/csv' }, 'text/markdown; charset=utf-8', /afterword backfill undo \d+ --plan\n$/],
  ['', { accept: '*/*' }, 'application/json', /^{"status"/],
  ['', {}, 'application/json', /"commands":{"undo":"afterword backfill undo \d+ --plan","retry_writes":null/],
])('the report%s of %j is %s', async (query, headers, type, text) => {
  const { id } = Object((await Object(await (await call('GET', '/v1/backfills')).json())).items[0])
  const answer = await call('GET', `/v1/backfills/${id}/report${query}`, undefined, headers as Record<string, string>)
  expect(answer.headers.get('content-type')).toBe(type)
  expect(await answer.text()).toMatch(text)
  const changes = await call('GET', `/v1/backfills/${id}/changes${query}`, undefined, headers as Record<string, string>)
  expect(changes.headers.get('content-type')).toBe(type)
  expect((await call('GET', `/v1/backfills/${id}/report?format=pdf`)).status).toBe(400)
})
