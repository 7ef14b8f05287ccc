import { expect, test, vi } from 'vitest'
import { inspectAccount } from '../../../src/conversations/index.ts'
import { startWorking } from '../../../src/main/index.ts'
import { createPulling, heard, items } from '../../support/pulling.ts'

const { world, vendors, pull } = await createPulling('main', 'swapping', 'living')
const { main, swapping, living } = vendors
const { actor, db, useCases } = world

const minuteMs = 60_000

test('each transfer has the setting of the tool that was called, or of the node that was entered', async () => {
  const llm = (id: string) => ({ type: 'retell-llm', llm_id: id, version: 0 })
  const swap = (name: string, agent_id: string, post_call_analysis_setting: string, more = {}) => {
    return { type: 'agent_swap', name, agent_id, post_call_analysis_setting, ...more }
  }
  swapping.addAgents({
    agents: [
      { agent_id: 'front', response_engine: llm('llm_front') },
      {
        agent_id: 'sales',
        response_engine: { type: 'conversation-flow', conversation_flow_id: 'flow_sales', version: 0 },
      },
      { agent_id: 'billing', response_engine: { type: 'custom-llm', llm_websocket_url: 'wss://x' } },
    ].map((agent) => ({ version: 0, is_published: true, post_call_analysis_data: items(agent.agent_id), ...agent })),
  })
  swapping.addEngines({
    llms: [
      {
        llm_id: 'llm_front',
        general_tools: [{ type: 'end_call', name: 'bye' }],
        states: [{ name: 'a', tools: [swap('to_sales', 'sales', 'both_agents', { agent_version: 0 })] }],
      },
    ],
    flows: [
      {
        conversation_flow_id: 'flow_sales',
        nodes: [{ id: 'n9', edge: { id: 'e' }, ...swap('Hand over', 'billing', 'only_destination_agent') }],
      },
    ],
  })
  const entries = [
    { role: 'user', content: 'Sales, please.' },
    { role: 'tool_call_invocation', tool_call_id: 't0', name: 'to_sales', arguments: '{}' },
    { role: 'tool_call_result', tool_call_id: 't0', content: 'busy', successful: false },
    { role: 'tool_call_invocation', tool_call_id: 't1', name: 'to_sales', arguments: '{}' },
    { role: 'tool_call_result', tool_call_id: 't1', content: 'done', successful: true },
    { role: 'node_transition', former_node_id: 'n1', former_node_name: 'x', new_node_id: 'n9', new_node_name: 'y' },
    { role: 'user', content: 'Billing, then.' },
  ]
  const transferred = (id: string, more = {}) =>
    heard(id, { agent_id: 'front', agent_version: 0, transcript_with_tool_calls: entries, ...more })
  swapping.add(
    transferred('swapped'),
    transferred('failed', {
      transcript_with_tool_calls: [
        ...entries,
        { role: 'node_transition', former_node_id: 'n9', former_node_name: 'y', new_node_id: 'n2', new_node_name: 'z' },
      ],
    }),
    transferred('said', { agent_transfers: [{ agent_id: 'billing' }] }),
  )
  await pull('swapping')
  const to = [
    { agent_id: 'sales', version: 0, setting: 'both_agents', setting_from: 'tool' },
    { agent_id: 'billing', version: null, setting: 'only_destination_agent', setting_from: 'tool' },
  ]
  const stored = await db
    .selectFrom('conversations')
    .select(['id', 'transfers'])
    .where('agent_id', '=', 'front')
    .execute()
  expect(Object.fromEntries(stored.map(({ id, transfers }) => [id, transfers]))).toEqual({
    swapped: to,
    failed: to.slice(0, 1),
    said: [{ agent_id: 'billing', version: null, setting: null }],
  })
  const parts = async (id: string) =>
    (await useCases.currentAnalysis(id))?.parts?.map(({ agentId, setting }) => [agentId, setting])
  expect(await parts('swapped')).toEqual([
    ['front', null],
    ['sales', 'both_agents'],
    ['billing', 'only_destination_agent'],
  ])
  // An event asks nobody, and knows what a pull has found.
  swapping.account.requests.length = 0
  await useCases.takeRetellEvent({ event: { event: 'call_analyzed', call: transferred('by_event') }, account: 'main' })
  expect(swapping.account.requests).toEqual([])
  expect(await parts('by_event')).toHaveLength(3)
  // What came before its agent was known learns of it by the next pull.
  const early = transferred('early', { agent_id: 'front_2' })
  await useCases.takeRetellEvent({ event: { event: 'call_analyzed', call: early }, account: 'swapping' })
  expect(await parts('early')).toHaveLength(1)
  swapping.addAgents({
    agents: [{ agent_id: 'front_2', version: 0, is_published: true, response_engine: llm('llm_front') }],
  })
  swapping.add(early)
  expect(await pull('swapping')).toMatchObject({ changed: 1, agentVersions: 1 })
  const { transfers } = await db
    .selectFrom('conversations')
    .select('transfers')
    .where('id', '=', 'early')
    .executeTakeFirstOrThrow()
  expect(transfers).toEqual(to)
})

test('what ended before the first pull is history; later ones are live, and the cursor waits for their analysis', async () => {
  const now = Date.now()
  const recent = (id: string, agoMs: number, more: object = {}) =>
    heard(id, { agent_id: 'living', ...more }, new Date(now - agoMs).toISOString())
  living.add(recent('history', 3_600_000, { call_analysis: undefined }))
  await pull('living')
  await db
    .updateTable('pulls')
    .set({ live_from: new Date(now - 30 * minuteMs) })
    .where('account', '=', 'living')
    .execute()
  living.add(
    recent('talking', 20 * minuteMs, { call_status: 'ongoing', end_timestamp: undefined, call_analysis: undefined }),
    recent('unanalysed', 5 * minuteMs, { call_analysis: undefined }),
    recent('analysed', 4 * minuteMs),
  )
  expect(await pull('living')).toMatchObject({ stored: 2 })
  const waits = () => db.selectFrom('awaited_analyses').select('conversation_id').execute()
  expect(await waits()).toEqual([{ conversation_id: 'unanalysed' }])
  living.add(recent('talking', 20 * minuteMs), recent('unanalysed', 5 * minuteMs))
  expect(await pull('living')).toMatchObject({ stored: 1, changed: 1, unchanged: 1 })
  expect(await waits()).toEqual([])
  expect(await pull('living')).toMatchObject({ listed: 1, stored: 0, runId: null })
  // Older ones are read again on demand, and nothing between is left out.
  expect(await pull('living', '2020-01-01')).toMatchObject({ listed: 4, stored: 0, unchanged: 4, runId: null })
  expect(await pull('living', '2099-01-01')).toMatchObject({ listed: 1 })
  await expect(useCases.pullRetell({ account: 'nobody', actor })).rejects.toMatchObject({
    code: 'retell_account.not_found',
  })
})

test('doctor says of each account that its key is taken, and how far its history is read', async () => {
  const [main, , living] = world.config.retell
  if (!main || !living) throw new Error('there are three')
  expect(await inspectAccount(world, main)).toBe('pulled by hand; nothing pulled yet')
  expect(await inspectAccount(world, living)).toMatch(/^pulled by hand; calls read to 20\d\d-/)
  const refused = inspectAccount(world, { ...main, apiKey: 'wrong' })
  await expect(refused).rejects.toMatchObject({
    code: 'retell.unauthorized',
    message: expect.stringContaining('API key'),
  })
})

test('an account with an interval is pulled by the workers, each time when it is due', async () => {
  const account = world.config.retell.find(({ name }) => name === 'main')
  if (!account) throw new Error('there is main')
  account.pullEveryMinutes = 5
  main.add(heard('by_itself', {}, '2025-05-01T10:00:00Z'))
  await startWorking(world)
  await vi.waitUntil(async () => (await useCases.listAnalyses('by_itself')).length === 1, { timeout: 20_000 })
  const due = await db
    .selectFrom('pulls')
    .select('due_at')
    .where('account', '=', 'main')
    .where('kind', '=', 'call')
    .execute()
  expect(Math.abs((due[0]?.due_at.getTime() ?? 0) - Date.now() - 5 * minuteMs)).toBeLessThan(30_000)
}, 40_000)
