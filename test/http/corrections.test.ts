import { beforeAll, expect, test } from 'vitest'
import { openApp } from './open-app.ts'

const { call, sandbox } = await openApp()

const items = [{ type: 'number', name: 'budget', description: 'The budget of the customer in dollars.' }]
const turns = [
  { role: 'agent', content: 'What is your budget?' },
  { role: 'user', content: 'It is 1500 dollars.' },
]
const spoken = { agent_id: 'agent_1', call_status: 'ended', transcript_object: turns }
const vendors = {
  in_voicemail: false,
  call_summary: 'By the vendor.',
  custom_analysis_data: { budget: 7, odd: { kept: true } },
}

const json = async (method: string, path: string, body?: unknown) => {
  const answer = await call(method, path, body)
  return [answer.status, await answer.json()]
}

beforeAll(async () => {
  const agents = [{ agent_id: 'agent_1', version: 0, post_call_analysis_data: items }]
  await call('POST', '/v1/agents/import', { agents })
  const calls = [
    { call_id: 'call_1', ...spoken },
    { call_id: 'call_2', ...spoken, call_analysis: vendors },
  ]
  expect((await call('POST', '/v1/conversations', calls)).status).toBe(200)
  expect((await call('POST', '/v1/conversations/call_1/rerun')).status).toBe(201)
})

test('a correction is shown by both surfaces, marked as one by ours, listed, and withdrawn', async () => {
  const path = '/v1/conversations/call_1/corrections/budget'
  const [status, corrected] = await json('PUT', path, { value: 0, reason: 'heard it' })
  expect(status).toBe(200)
  expect(corrected).toEqual({
    run_id: expect.any(Number),
    item: 'budget',
    value: 0,
    before: 1500,
    waiting: false,
    cells: [],
  })
  const shown = { call_analysis: { call_summary: expect.any(String), custom_analysis_data: { budget: 0 } } }
  const [, compatible] = await json('GET', '/v2/get-call/call_1')
  expect(compatible).toMatchObject(shown)
  expect(compatible).not.toHaveProperty('corrections')
  const marked = { item: 'budget', value: 0, actor: 'key:tester', reason: 'heard it', state: 'in_force' }
  expect(await json('GET', '/v1/conversations/call_1')).toMatchObject([200, { ...shown, corrections: [marked] }])
  expect(await json('GET', '/v1/conversations/call_1/corrections')).toMatchObject([200, { items: [marked] }])
  expect(await json('PUT', path, { value: null })).toMatchObject([200, { value: null, before: 0 }])
  const [, unsaid] = await json('GET', '/v2/get-call/call_1')
  expect(Object(unsaid).call_analysis.custom_analysis_data).toEqual({})

  expect(await json('DELETE', `${path}?reason=wrong`)).toMatchObject([200, { item: 'budget', waiting: false }])
  expect(await json('DELETE', path)).toMatchObject([200, { undone_run_id: Object(corrected).run_id }])
  expect(await json('DELETE', path)).toMatchObject([404, { error: { code: 'correction.not_found' } }])
  expect(await json('GET', '/v1/conversations/call_1')).toMatchObject([
    200,
    { call_analysis: { custom_analysis_data: { budget: 1500 } } },
  ])
})

test("without an analysis of ours it stands in the vendor's", async () => {
  const before = await json('GET', '/v1/conversations/call_2')
  expect(before).toMatchObject([200, { call_analysis: vendors }])
  expect((await json('PUT', '/v1/conversations/call_2/corrections/budget', { value: 8 }))[0]).toBe(200)
  const shown = { in_voicemail: false, call_summary: 'By the vendor.', custom_analysis_data: { budget: 8 } }
  expect(await json('GET', '/v2/get-call/call_2')).toMatchObject([200, { call_analysis: shown }])
})

test.each<[string, string, unknown, number, string]>([
  ['an unknown conversation', 'nobody/corrections/budget', { value: 1 }, 404, 'there is no conversation nobody'],
  ['an unknown item', 'call_1/corrections/budgt', { value: 1 }, 422, 'did you mean \\"budget\\"'],
  ['a value that does not fit', 'call_1/corrections/budget', { value: 'much' }, 422, 'budget takes a number'],
  ['no value', 'call_1/corrections/budget', {}, 400, 'value'],
  ['an object', 'call_1/corrections/budget', { value: { a: 1 } }, 400, 'value'],
])('%s is told', async (_, path, body, status, message) => {
  const answer = await call('PUT', `/v1/conversations/${path}`, body)
  expect(answer.status).toBe(status)
  expect(await answer.text()).toContain(message)
})

test('the corrections of nobody are 404', async () => {
  expect((await call('GET', '/v1/conversations/nobody/corrections')).status).toBe(404)
})

test('a preview is answered with what would change, listed as not kept, and kept', async () => {
  const more = { type: 'string', name: 'goal', description: 'The goal of the customer.' }
  await call('PATCH', '/update-agent/agent_1', { post_call_analysis_data: [...items, more] })
  const asked = sandbox.admin.state().requests
  const [status, previewed] = await json('POST', '/v1/conversations/call_1/rerun', { preview: true })
  expect(status).toBe(200)
  expect(previewed).toMatchObject({ analysis_number: 2, current: false, cells: [], failures: {} })
  expect(Object(previewed).items).toContainEqual({
    item: 'goal',
    before: null,
    after: expect.objectContaining({ status: expect.any(String) }),
    change: expect.stringMatching(/^(appeared|changed)$/),
    changed: true,
    corrected: false,
  })
  expect(await json('GET', '/v1/conversations/call_1/analyses')).toMatchObject([
    200,
    {
      items: [
        { number: 1, kept: true, current: true },
        { number: 2, kept: false, current: false },
      ],
    },
  ])
  expect(await json('POST', '/v1/conversations/call_1/analyses/2/keep', { reason: 'better' })).toMatchObject([
    201,
    { analysis_number: 2, cached: true, cost_usd: 0, outcome: 'ok' },
  ])
  expect(await json('GET', '/v1/conversations/call_1/analyses')).toMatchObject([
    200,
    { items: [{ current: false }, { number: 2, kept: true, current: true }] },
  ])
  expect(await json('GET', '/v1/conversations/call_1/analyses/diff')).toMatchObject([
    200,
    {
      from: { number: 1 },
      to: { number: 2 },
      items: expect.arrayContaining([expect.objectContaining({ item: 'goal' })]),
    },
  ])
  expect(await json('GET', '/v1/conversations/call_1/analyses/diff?from=2&to=1')).toMatchObject([
    200,
    { from: { number: 2 }, to: { number: 1 } },
  ])
  expect((await call('GET', '/v1/conversations/call_1/analyses/diff?to=9')).status).toBe(404)
  expect((await call('GET', '/v1/conversations/call_1/analyses/diff?to=0')).status).toBe(400)
  expect((await call('GET', '/v1/conversations/call_2/analyses/diff')).status).toBe(409)
  expect(sandbox.admin.state().requests).toBe(asked + 1)
  expect((await call('POST', '/v1/conversations/call_1/analyses/9/keep')).status).toBe(404)
  expect((await call('POST', '/v1/conversations/call_1/analyses/two/keep')).status).toBe(400)
})

test("conversations are taken in with the vendor's analysis where that is asked for", async () => {
  const object = { call_id: 'call_3', ...spoken, call_analysis: vendors }
  expect((await call('POST', '/v1/conversations?use_vendor_analysis=true', [object])).status).toBe(200)
  expect(await json('GET', '/v1/conversations/call_3/analyses')).toMatchObject([
    200,
    { items: [{ number: 1, model: 'vendor', current: true, fields: { budget: { value: 7, status: 'found' } } }] },
  ])
})
