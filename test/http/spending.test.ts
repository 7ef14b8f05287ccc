import { beforeAll, beforeEach, expect, test } from 'vitest'
import { limitsOf, perDay } from '../support/spender.ts'
import { openApp } from './open-app.ts'

const { call, db, model, sandbox } = await openApp()

const turns = [
  { role: 'agent', content: 'What is your budget?' },
  { role: 'user', content: 'It is 1500 dollars, "all in" \\ 👋.' },
]
const spoken = {
  agent_id: 'agent_1',
  call_status: 'ended',
  transcript_object: turns,
  start_timestamp: 1_760_000_000_000,
}
const chatted = { agent_id: 'chat_agent_1', chat_status: 'ended', start_timestamp: 1_760_000_000_000 }

beforeAll(async () => {
  await call('POST', '/v1/conversations', { call_id: 'call_1', ...spoken })
  await call('POST', '/v1/conversations', { chat_id: 'chat_1', ...chatted, message_with_tool_calls: turns })
})

beforeEach(() => {
  model.limits = limitsOf({ installation: perDay(0) })
})

function runs() {
  return db.selectFrom('runs').select('id').where('kind', '=', 'rerun').execute()
}

test.each([
  ['PUT', '/rerun-call-analysis/call_1'],
  ['PUT', '/rerun-chat-analysis/chat_1'],
])('%s %s beyond a limit is 429 in the words of the source product, and says when', async (method, path) => {
  const before = await runs()
  const answer = await call(method, path)
  expect(answer.status).toBe(429)
  expect(await answer.json()).toEqual({
    status: 'error',
    message: expect.stringMatching(/installation may spend \$0\.00 a day; .*It fits only when the limit is raised/),
  })
  const untilMidnightS = Math.ceil((Date.UTC(2100, 0, 1) - Date.now()) / 1000) % 86_400
  expect(Math.abs(Number(answer.headers.get('retry-after')) - untilMidnightS)).toBeLessThan(5)
  // An SDK that came back would come within seconds.
  expect(answer.headers.get('x-should-retry')).toBe('false')
  // Nothing is asked or left open; the decision and its refusal are on record.
  expect(sandbox.admin.state().requests).toBe(0)
  expect(await db.selectFrom('attempts').selectAll().execute()).toEqual([])
  const [run] = (await runs()).filter(({ id }) => !before.some((known) => known.id === id))
  const entries = await db
    .selectFrom('audit_entries')
    .selectAll()
    .where('run_id', '=', run?.id ?? 0)
    .orderBy('id')
    .execute()
  expect(entries).toMatchObject([
    { action: 'run.rerun', actor: 'key:tester' },
    { action: 'rerun.refused', actor: 'key:tester', after: { code: 'spending.limit' } },
  ])
  expect((await db.selectFrom('parked_analyses').selectAll().execute()).length).toBe(0)
})

test('POST /v1/conversations/{id}/rerun says it in ours', async () => {
  const answer = await call('POST', '/v1/conversations/call_1/rerun')
  expect(answer.status).toBe(429)
  expect(await answer.json()).toMatchObject({
    error: { code: 'spending.limit', message: expect.stringContaining('installation may spend') },
  })
})

test('GET /v1/spending tells every limit, what is spent without one, and what is parked', async () => {
  model.limits = limitsOf({ installation: perDay(5), trigger: perDay(2) })
  const { cost_usd } = Object(await (await call('POST', '/v1/conversations/call_1/rerun')).json())
  const planned = Object(await (await call('POST', '/v1/backfills', { filter: {}, reason: 'x', start: true })).json())
  await db
    .updateTable('backfills')
    .set({
      parked_at: new Date('2026-01-02'),
      parked_until: new Date('2026-01-03'),
      parked_why: 'why',
      parked_needs_usd: 1,
    })
    .execute()
  const answer = await call('GET', '/v1/spending')
  expect(answer.status).toBe(200)
  const { scopes, parked_backfills, parked_analyses } = Object(await answer.json())
  const spent = expect.closeTo(cost_usd, 7)
  expect(scopes).toMatchObject([
    {
      scope: 'installation',
      period: 'day',
      cap_usd: 5,
      spent_usd: spent,
      reserved_usd: 0,
      left_usd: expect.closeTo(5 - cost_usd, 7),
    },
    { scope: 'installation', period: 'month', cap_usd: null, spent_usd: spent, left_usd: null },
    { scope: 'key:tester', period: 'day', cap_usd: null, spent_usd: spent },
    { scope: 'key:tester', period: 'month', cap_usd: null, spent_usd: spent },
    { scope: 'trigger:main', period: 'day', cap_usd: 2, spent_usd: 0, left_usd: 2 },
  ])
  expect(parked_backfills).toEqual([
    { id: planned.id, since: '2026-01-02T00:00:00.000Z', until: '2026-01-03T00:00:00.000Z', why: 'why' },
  ])
  expect(parked_analyses).toEqual([])
  expect(await (await call('GET', `/v1/backfills/${planned.id}`)).json()).toMatchObject({
    backfill: { state: 'running', parked: { why: 'why', until: '2026-01-03T00:00:00.000Z' } },
  })
})
