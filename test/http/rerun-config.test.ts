import { beforeAll, describe, expect, test } from 'vitest'
import { call as callOf } from '../support/conversations.ts'
import { goal, plan } from '../support/items.ts'
import { both, publishThenDraft, to, transferred } from '../support/transfers.ts'
import { createWorld } from '../support/world.ts'
import { openAppOn } from './open-app.ts'

const world = await createWorld()
const { actor, models, useCases } = world
const { call } = await openAppOn(world)
const requests = () => models.admin.state().requests

beforeAll(async () => {
  await publishThenDraft(world, 'agent_1', [goal(1)], [goal(3)])
  await publishThenDraft(world, 'sales', [goal(2)], [goal(4)])
  await world.take(transferred('one'), transferred('moved', to('sales', both)))
})

const rerun = async (id: string, body: object) => {
  const answer = await call('POST', `/v1/conversations/${id}/rerun`, body)
  return { status: answer.status, body: Object(await answer.json()) }
}
const preview = (id: string, body: object = {}) => rerun(id, { preview: true, ...body })
const inline = (...items: object[]) => ({ config: { items, model: 'gpt-5' } })

describe('a preview', () => {
  test('without more is one of the newest draft, and says so', async () => {
    const { status, body } = await preview('one')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      fields: { goal: { value: 'My goal is' } },
      config: {
        state: 'draft',
        agent_id: 'agent_1',
        version: 1,
        hash: expect.any(String),
        agents: [{ agent_id: 'agent_1', version: 1, state: 'draft', setting: null }],
      },
    })
  })

  test('with a version asks what that one asks, and can be kept', async () => {
    const { body } = await preview('one', { version: 0 })
    expect(body).toMatchObject({ fields: { goal: { value: 'My' } }, config: { state: 'published', version: 0 } })
    const kept = await call('POST', `/v1/conversations/one/analyses/${body.analysis_number}/keep`, {})
    expect(kept.status).toBe(201)
    expect((await preview('one', { version: 9 })).status).toBe(404)
  })

  test('with a version, after a transfer, means the agent that it ended with', async () => {
    const { body } = await preview('moved', { version: 0 })
    expect(body).toMatchObject({
      fields: { goal: { value: 'My goal' } },
      config: {
        state: 'published',
        agent_id: 'sales',
        version: 0,
        agents: [
          { agent_id: 'agent_1', version: 1, state: 'draft', setting: null },
          { agent_id: 'sales', version: 0, state: 'published', setting: 'both_agents', setting_from: 'sent' },
        ],
      },
    })
    const listed = Object(await (await call('GET', '/v1/conversations/moved/analyses')).json())
    expect(listed.items[0]).toMatchObject({ agent_version: 0, config_agents: body.config.agents })
  })

  test('with a config of no version is never kept, until a draft says the same', async () => {
    const asked = inline(plan, goal(5))
    const { body } = await preview('one', asked)
    expect(body).toMatchObject({
      fields: { plan: { value: 'Pro' }, goal: { value: 'My goal is a quiet' } },
      config: { state: 'inline', version: null, agents: [] },
      current: false,
    })
    const path = `/v1/conversations/one/analyses/${body.analysis_number}/keep`
    const refused = await call('POST', path, {})
    expect(refused.status).toBe(409)
    expect(Object(await refused.json()).error).toMatchObject({ code: 'analysis.inline' })
    const listed = Object(await (await call('GET', '/v1/conversations/one/analyses')).json())
    expect(listed.items.at(-1)).toMatchObject({ kept: false, agent_version: null, config_agents: [] })

    const before = requests()
    expect((await preview('one', asked)).body).toMatchObject({ cached: true, analysis_number: body.analysis_number })
    const draft = { post_call_analysis_data: [plan, goal(5)], post_call_analysis_model: 'gpt-5' }
    await useCases.saveDraft({ agentId: 'agent_1', kind: 'call', body: draft, actor })
    expect((await preview('one')).body).toMatchObject({
      cached: true,
      analysis_number: body.analysis_number,
      config: { state: 'draft', version: 1, hash: body.config.hash },
    })
    expect(requests()).toBe(before)
    expect((await call('POST', path, {})).status).toBe(201)
  })

  test('with a config of no version, then a rerun of a draft that says the same: it counts without another call', async () => {
    const asked = inline(goal(6))
    const { body } = await preview('moved', asked)
    const draft = { post_call_analysis_data: [goal(6)], post_call_analysis_model: 'gpt-5' }
    await useCases.saveDraft({ agentId: 'sales', kind: 'call', body: draft, actor })
    await useCases.saveDraft({ agentId: 'agent_1', kind: 'call', body: draft, actor })
    const before = requests()
    const counted = await rerun('moved', {})
    expect(counted).toMatchObject({ status: 201, body: { analysis_number: body.analysis_number, cached: true } })
    expect(requests()).toBe(before)
    expect(await useCases.currentAnalysis('moved')).toMatchObject({ number: body.analysis_number, agentVersion: 1 })
  })
})

test.each([
  ['a version of a rerun that counts', { version: 0 }, 'rerun.preview_only', /ask for a preview/],
  ['a config of a rerun that counts', inline(plan), 'rerun.preview_only', /ask for a preview/],
  ['both', { preview: true, version: 0, ...inline(plan) }, 'rerun.two_configs', /not both/],
  [
    'too many items',
    { preview: true, ...inline(...Array.from({ length: 101 }, (_, n) => ({ ...goal(1), name: `n${n}` }))) },
    'agent.config_invalid',
    /101 items/,
  ],
  [
    'an item that is wrong',
    { preview: true, ...inline(plan, { ...plan, name: 'size', choices: [' '] }) },
    'agent.config_invalid',
    /items\[1\]\.choices: item size/,
  ],
  [
    'an unknown key',
    { preview: true, config: { items: [], prompt: 'x' } },
    'agent.config_invalid',
    /prompt: is not known/,
  ],
])('%s is refused before anything is asked', async (_, body, code, message) => {
  const before = requests()
  const refused = await rerun('one', body)
  expect(refused).toMatchObject({ status: 400, body: { error: { code, message: expect.stringMatching(message) } } })
  expect(requests()).toBe(before)
})

test('the shape that the SDK sees has nothing of transfers but what was sent', async () => {
  const swap = {
    role: 'tool_call_invocation',
    tool_call_id: '1',
    name: 'agent_swap',
    arguments: '{"agent_id":"sales"}',
  }
  const sent = {
    ...callOf({ id: 'by_tool', at: '2025-04-10T10:00:00Z', turns: ['Sales, please.'] }),
    transcript_with_tool_calls: [{ role: 'user', content: 'Sales, please.' }, swap],
  }
  await world.take(sent)
  const seen = Object(await (await call('GET', '/v2/get-call/by_tool')).json())
  expect(seen).toMatchObject({ call_id: 'by_tool', agent_id: 'agent_1', transcript_with_tool_calls: [{}, swap] })
  expect(seen).not.toHaveProperty('agent_transfers')
  const listed = Object(await (await call('GET', '/v1/conversations')).json())
  expect(listed.items.find((item: { id: string }) => item.id === 'by_tool')).toMatchObject({
    agent_id: 'agent_1',
    agent_transfers: [{ agent_id: 'sales', agent_version: null, post_call_analysis_setting: null }],
  })
})
