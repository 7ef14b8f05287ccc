import { expect, test, vi } from 'vitest'
import { startWorking } from '../../src/main/index.ts'
import { call } from '../support/conversations.ts'
import { goal, plan } from '../support/items.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld()
const { actor, db, useCases } = world
const turns = ['I want the Pro plan.', 'Good.', 'My goal is a quiet office.']

/** A published version that asks this, and a draft that asks something else. */
async function published(agentId: string, ...items: object[]) {
  const input = { agentId, kind: 'call', actor } as const
  await useCases.saveDraft({ ...input, body: { post_call_analysis_data: items } })
  await useCases.publishVersion({ agentId, actor })
  await useCases.saveDraft({ ...input, body: { post_call_analysis_data: [goal(6)] } })
}

const transferred = (id: string, settings: object) => ({
  ...call({ id, at: '2025-04-10T10:00:00Z', turns }),
  agent_version: 0,
  agent_transfers: [{ agent_id: 'sales', agent_version: 0, ...settings }],
})

test('a live conversation is analysed with the versions that held it, not with the drafts that came after them', async () => {
  await published('agent_1', plan, goal(3))
  await published('sales', goal(2))
  const objects = [
    transferred('both', { post_call_analysis_setting: 'both_agents' }),
    transferred('one', { post_call_analysis_setting: 'only_destination_agent' }),
    { ...transferred('unsaid', {}), agent_version: 0 },
  ]
  const lines = objects.map((object) => JSON.stringify(object))
  await useCases.importConversations({ lines, actor, reason: 'test', analyse: true })
  await startWorking(world)
  await vi.waitUntil(async () => (await db.selectFrom('analyses').select('id').execute()).length === 3, {
    timeout: 20_000,
  })
  const found = async (id: string) => {
    const [analysis] = await useCases.listAnalyses(id)
    const { plan, goal } = Object(analysis?.fields)
    return [
      plan?.value,
      goal?.value,
      analysis?.parts?.map(({ agentId, version, isDraft }) => [agentId, version, isDraft]),
    ]
  }
  const held = [
    ['agent_1', 0, false],
    ['sales', 0, false],
  ]
  expect(await found('both')).toEqual(['Pro', 'My goal', held])
  expect(await found('one')).toEqual([undefined, 'My goal', held])
  expect(await found('unsaid')).toEqual([undefined, 'My goal', held])
})

test('what the vendor has found is noted under the versions that held the conversation', async () => {
  const object = {
    ...transferred('vendor', { post_call_analysis_setting: 'both_agents' }),
    call_analysis: { call_summary: 'Wants Pro.', custom_analysis_data: { plan: 'Pro' } },
  }
  await useCases.importConversations({
    lines: [JSON.stringify(object)],
    actor,
    reason: 'test',
    analyse: true,
    useVendors: true,
  })
  const [analysis] = await useCases.listAnalyses('vendor')
  expect(analysis).toMatchObject({
    model: 'vendor',
    parts: [{ agentId: 'agent_1' }, { agentId: 'sales', setting: 'both_agents' }],
  })
})
