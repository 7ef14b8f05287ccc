import { beforeAll, beforeEach, expect, test } from 'vitest'
import { openApp } from './open-app.ts'

const { call, sandbox, db } = await openApp()

const items = [
  { type: 'system-presets', name: 'call_summary', description: 'Write a short summary of the call.' },
  { type: 'number', name: 'budget', description: 'The budget of the customer in dollars.' },
]
const agent = { agent_id: 'agent_1', version: 0, agent_name: 'Sales', post_call_analysis_data: items }
const said = (...turns: string[]) => turns.map((content, at) => ({ role: at % 2 === 0 ? 'agent' : 'user', content }))
const spoken = said('Welcome! What is your budget?', 'My budget is 1500 dollars.', 'Great, goodbye!')
const conversations = [
  { call_id: 'call_1', agent_id: 'agent_1', call_status: 'ended', transcript_object: spoken, x_unknown: { kept: 0 } },
  { call_id: 'call_silent', agent_id: 'agent_1', call_status: 'not_connected' },
  { chat_id: 'chat_1', agent_id: 'agent_2', chat_status: 'ended', message_with_tool_calls: spoken },
]

beforeAll(async () => {
  await call('POST', '/v1/agents/import', {
    agents: [agent],
    chat_agents: [{ agent_id: 'agent_2', version: 0, post_chat_analysis_data: [] }],
  })
  expect((await call('POST', '/v1/conversations', conversations)).status).toBe(200)
})

beforeEach(() => sandbox.admin.reset())

test('a rerun answers 201 with the whole call and its new analysis', async () => {
  const answer = await call('PUT', '/rerun-call-analysis/call_1')
  expect(answer.status).toBe(201)
  expect(await answer.json()).toMatchObject({
    call_id: 'call_1',
    x_unknown: { kept: 0 },
    call_analysis: { call_summary: expect.any(String), custom_analysis_data: { budget: 1500 } },
  })
  expect(await (await call('GET', '/v2/get-call/call_1')).json()).toMatchObject({
    call_analysis: { custom_analysis_data: { budget: 1500 } },
  })
})

test('a rerun of a chat answers 201 with the whole chat', async () => {
  const answer = await call('PUT', '/rerun-chat-analysis/chat_1')
  expect(answer.status).toBe(201)
  expect(await answer.json()).toMatchObject({ chat_id: 'chat_1', chat_analysis: { chat_summary: expect.any(String) } })
})

test.each([
  ['PUT', '/rerun-call-analysis/nobody'],
  ['PUT', '/rerun-call-analysis/chat_1'],
  ['PUT', '/rerun-chat-analysis/call_1'],
  ['GET', '/v2/get-call/chat_1'],
  ['GET', '/get-chat/call_1'],
  ['GET', '/get-agent/agent_2'],
  ['GET', '/get-chat-agent/agent_1'],
  ['GET', '/get-agent/agent_1?version=9'],
  ['GET', '/get-agent-versions/nobody'],
])('%s %s is 404: unknown, or of the other kind', async (method, path) => {
  const answer = await call(method, path)
  expect(answer.status).toBe(404)
  expect(await answer.json()).toEqual({ status: 'error', message: expect.stringContaining('there is no') })
})

test('where there is nothing to analyse, a rerun is 422 with the reason and asks no model', async () => {
  const answer = await call('PUT', '/rerun-call-analysis/call_silent')
  expect(answer.status).toBe(422)
  expect(await answer.json()).toEqual({ status: 'error', message: expect.stringContaining('not_connected') })
  expect(sandbox.admin.state().requests).toBe(0)
})

test('PATCH edits the latest draft; publishing freezes it, and a second time is 409', async () => {
  const edited = await call('PATCH', '/update-agent/agent_1', { agent_name: 'Sales "A" 👋' })
  expect(await edited.json()).toMatchObject({
    agent_id: 'agent_1',
    version: 0,
    agent_name: 'Sales "A" 👋',
    is_published: false,
  })
  const published = await call('POST', '/publish-agent/agent_1')
  expect(await published.json()).toMatchObject({ version: 0, is_published: true })
  const again = await call('POST', '/publish-agent-version/agent_1', { version: 0 })
  expect(again.status).toBe(409)
  expect(again.headers.get('x-should-retry')).toBe('false')
  const draft = await call('POST', '/create-agent-version/agent_1', { base_version: 0 })
  expect(draft.status).toBe(201)
  expect(await draft.json()).toMatchObject({ version: 1, base_version: 0, is_published: false })
  expect(await (await call('GET', '/get-agent-versions/agent_1')).json()).toMatchObject([
    { version: 1 },
    { version: 0 },
  ])
  const entries = await db.selectFrom('audit_entries').select('actor').where('action', '=', 'agent.published').execute()
  expect(entries).toEqual([{ actor: 'key:tester' }])
})

test('agents of calls and of chats are listed apart', async () => {
  expect(await (await call('GET', '/list-agents')).json()).toMatchObject([{ agent_id: 'agent_1' }])
  expect(await (await call('GET', '/list-chat-agents')).json()).toMatchObject([{ agent_id: 'agent_2' }])
})

test('days, times and lists are items like others', async () => {
  const items = [
    { type: 'date', name: 'due', description: 'The day it is due.' },
    { type: 'list', name: '__proto__', description: 'Rooms.', choices: ['kitchen', 'bath'], required: true },
  ]
  const edited = await call('PATCH', '/update-agent/agent_1', { post_call_analysis_data: items })
  const asItIs = { post_call_analysis_data: expect.arrayContaining(items) }
  expect(await edited.json()).toMatchObject(asItIs)
  expect(await (await call('GET', '/get-agent/agent_1')).json()).toMatchObject(asItIs)
  const wrong = [{ type: 'list', name: 'rooms', description: 'x', choices: ['x'.repeat(201)] }]
  const refused = await call('PATCH', '/update-agent/agent_1', { post_call_analysis_data: wrong })
  expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('item rooms has a choice')])
})

test('an item that cannot be is 400 with its place, and an unknown agent is not made by an edit', async () => {
  const wrong = await call('PATCH', '/update-agent/agent_1', { post_call_analysis_data: [{ type: 'enum', name: 'x' }] })
  expect(wrong.status).toBe(400)
  expect(await wrong.text()).toContain('post_call_analysis_data[0].')
  expect((await call('PATCH', '/update-agent/agnet_1', { agent_name: 'x' })).status).toBe(404)
})

test('an import of CRM records is asked for and answered at once', async () => {
  const answer = await call('POST', '/run-sync-job')
  expect(answer.status).toBe(201)
  expect(await answer.json()).toMatchObject({ status: 'queued', triggered_by: 'manual' })
})
