import { beforeAll, expect, test } from 'vitest'
import { openApp } from './open-app.ts'

const { call, db } = await openApp()

const turns = [
  { role: 'agent', content: 'What is your budget?' },
  { role: 'user', content: 'It is 1500 dollars, "all in" \\ 👋.' },
]
const callNumbered = (n: number) => ({
  call_id: `call_${n}`,
  agent_id: 'agent_1',
  call_status: 'ended',
  direction: 'inbound',
  from_number: `+1415555013${n}`,
  start_timestamp: 1_760_000_000_000 + n * 60_000,
  transcript_object: turns,
})

beforeAll(async () => {
  await call('POST', '/v1/agents/import', { agents: [{ agent_id: 'agent_1', version: 0 }] })
})

test('JSON Lines are taken in one by one; a bad line is told by its number and stops no other', async () => {
  const lines = [
    JSON.stringify(callNumbered(1)),
    '{"call_id": 7}',
    'no json',
    '',
    JSON.stringify(callNumbered(2)),
  ].join('\n')
  const answer = await call('POST', '/v1/conversations', lines, { 'content-type': 'application/x-ndjson' })
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({
    lines: 4,
    stored: 2,
    problem_count: 2,
    problems: [
      { line: 2, message: expect.stringContaining('call_id') },
      { line: 3, message: expect.any(String) },
    ],
  })
  const again = await call('POST', '/v1/conversations', lines, { 'content-type': 'application/x-ndjson' })
  expect(await again.json()).toMatchObject({ stored: 0, unchanged: 2 })
})

test('one conversation that is none is 400 naming the field', async () => {
  const answer = await call('POST', '/v1/conversations', { call_id: 'call_9', call_status: 'ended' })
  expect(answer.status).toBe(400)
  expect(await answer.text()).toContain('agent_id')
})

test('conversations are listed page by page through a filter', async () => {
  const filter = encodeURIComponent(JSON.stringify({ direction: 'inbound' }))
  const first = await (await call('GET', `/v1/conversations?limit=1&filter=${filter}`)).json()
  expect(first).toMatchObject({ items: [{ id: 'call_2', kind: 'call' }], next_cursor: expect.any(String) })
  const { next_cursor } = Object(first)
  const second = await (await call('GET', `/v1/conversations?limit=1&filter=${filter}&cursor=${next_cursor}`)).json()
  expect(second).toMatchObject({ items: [{ id: 'call_1' }], next_cursor: null })
})

test.each([
  ['limit=0', 'limit: '],
  ['filter=%7Boops', 'filter: '],
  ['filter=%7B%22durration_ms%22:1%7D', 'filter.durration_ms: '],
  ['cursor=oops', 'pagination'],
])('GET /v1/conversations?%s is 400', async (query, named) => {
  const answer = await call('GET', `/v1/conversations?${query}`)
  expect(answer.status).toBe(400)
  expect(await answer.text()).toContain(named)
})

test('one conversation is answered as it came in, and an unknown one with 404', async () => {
  expect(await (await call('GET', '/v1/conversations/call_1')).json()).toMatchObject(callNumbered(1))
  expect((await call('GET', '/v1/conversations/nobody')).status).toBe(404)
  expect((await call('GET', '/v1/conversations/nobody/analyses')).status).toBe(404)
  expect((await call('POST', '/v1/conversations/nobody/rerun')).status).toBe(404)
})

test('a rerun is answered with its outcome, and then listed', async () => {
  const answer = await call('POST', '/v1/conversations/call_1/rerun', { reason: 'a better prompt' })
  expect(answer.status).toBe(201)
  expect(await answer.json()).toMatchObject({
    conversation_id: 'call_1',
    outcome: 'ok',
    analysis_number: 1,
    cached: false,
    fields: { call_summary: { status: 'found', evidence: expect.any(Array) } },
  })
  const cached = await (await call('POST', '/v1/conversations/call_1/rerun')).json()
  expect(cached).toMatchObject({ outcome: 'ok', cached: true, cost_usd: 0 })
  const { items } = Object(await (await call('GET', '/v1/conversations/call_1/analyses')).json())
  expect(items[0]).toMatchObject({ number: 1, outcome: 'ok', model: 'sandbox-extractive-1' })
})

test('a contact is found by its number in any format, and by the id it then has', async () => {
  const found = await (await call('GET', '/v1/contacts/(415)%20555-0131')).json()
  expect(found).toMatchObject({ id: expect.stringMatching(/^contact_\d+$/), number: '+14155550131', records: [] })
  expect(await (await call('GET', `/v1/contacts/${Object(found).id}`)).json()).toEqual(found)
})

test('fields of a contact are set and emptied by hand; what does not fit is named, all of it, and nothing is set', async () => {
  const path = '/v1/contacts/+14155550132'
  const body = {
    first_name: 'Zoë',
    do_not_call: true,
    fields: { seats: 12, topics: ['a', 'b'], note: '0' },
    reason: 'x',
  }
  const edited = await call('PATCH', path, body)
  expect(edited.status).toBe(200)
  const fields = { seats: 12, topics: ['a', 'b'], note: '0' }
  expect(await edited.json()).toMatchObject({ first_name: 'Zoë', last_name: null, do_not_call: true, fields })
  const refused = await call('PATCH', path, {
    email: 'no address',
    fields: { number: '+1', 'Odd Name': 'x', note: null },
  })
  expect(refused.status).toBe(400)
  const { error } = Object(await refused.json())
  expect(error.code).toBe('contact.invalid')
  for (const problem of ['email: not an e-mail', "number: a contact's number", 'Odd Name: expected a word'])
    expect(error.message).toContain(problem)
  expect((await call('PATCH', path, { number: '+14155550133' })).status).toBe(400)
  for (const reason of ['', 'x'.repeat(501)])
    expect((await call('PATCH', path, { first_name: 'Zoe', reason })).status).toBe(400)
  expect(await (await call('GET', path)).json()).toMatchObject({ email: null, fields })
  await call('PATCH', path, { first_name: null, fields: { note: null } })
  expect(await (await call('GET', path)).json()).toMatchObject({
    first_name: null,
    fields: { seats: 12, topics: ['a', 'b'] },
  })
  const history = db.selectFrom('contact_changes').select(['field', 'value', 'author', 'actor'])
  expect(await history.where('field', '=', 'note').orderBy('id').execute()).toEqual([
    { field: 'note', value: '0', author: 'person', actor: expect.stringMatching(/^key:/) },
    { field: 'note', value: null, author: 'person', actor: expect.stringMatching(/^key:/) },
  ])
})

test.each([
  'GET /v1/contacts/contact_99/fields/budget',
  'GET /v1/backfills/99',
  'GET /v1/backfills/99/events',
  'POST /v1/backfills/99/pause',
  'GET /v1/contacts/contact_99',
  'PATCH /v1/contacts/contact_99',
])('%s is 404', async (route) => {
  const [method = '', path = ''] = route.split(' ')
  expect((await call(method, path, method === 'PATCH' ? {} : undefined)).status).toBe(404)
})

test('a plan over nothing is 422, an id that is none is 400', async () => {
  expect((await call('POST', '/v1/backfills', { filter: { agent: 'nobody' }, reason: 'x' })).status).toBe(422)
  expect((await call('GET', '/v1/backfills/seven')).status).toBe(400)
})

test('a backfill is planned with a sample, a limit and a canary, and told with them', async () => {
  const plan = (body: object) => call('POST', '/v1/backfills', { filter: {}, reason: 'test', ...body })
  const answer = await plan({
    sample: { share: 0.5, seed: 7 },
    max_conversations: 1,
    canary: { contacts: 1, go_on: 'by_itself', stop_at: { changed: 0.2 }, fields: { plan: { null: 0.5 } } },
  })
  expect(answer.status).toBe(201)
  const planned = await answer.json()
  expect(planned).toMatchObject({
    state: 'planned',
    sample: { share: 0.5, seed: 7 },
    max_conversations: 1,
    drafts_of: [],
    estimate: { contacts: 1, conversations: 1 },
    canary: {
      contacts: 1,
      go_on: 'by_itself',
      stop_at: { changed: 0.2, null: 0.1, unverified: 0.1, errors: 0.1 },
      fields: { plan: { null: 0.5 }, call_summary: { changed: 1 } },
      rates: null,
      why: null,
      passed_at: null,
    },
  })
  expect((await call('POST', `/v1/backfills/${Object(planned).id}/go_on`)).status).toBe(409)

  const tooMany = await plan({ max_conversations: 1 })
  expect([tooMany.status, await tooMany.text()]).toEqual([422, expect.stringContaining('2 conversations are selected')])
  for (const wrong of [
    { sample: { first: 1, share: 0.5 } },
    { sample: { share: 2 } },
    { canary: { contacts: 0 } },
    { canary: { contacts: 1, stop_at: { change: 0.1 } } },
  ])
    expect((await plan(wrong)).status).toBe(400)
})
