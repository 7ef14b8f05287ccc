import { expect, test, vi } from 'vitest'
import { startWorking } from '../../src/main/index.ts'
import { goal, plan } from '../support/items.ts'
import { both, only, to, transferred } from '../support/transfers.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld()
const { actor, db, useCases } = world

/** A published version that asks this, and a draft that asks something else. */
async function published(agentId: string, ...items: object[]) {
  const input = { agentId, kind: 'call', actor } as const
  await useCases.saveDraft({ ...input, body: { post_call_analysis_data: items } })
  await useCases.publishVersion({ agentId, actor })
  await useCases.saveDraft({ ...input, body: { post_call_analysis_data: [goal(6)] } })
}

/** Held with version 0 of `agent_1`, then with version 0 of `sales`. */
const held = (id: string, setting?: typeof both | typeof only) => ({
  ...transferred(id, to('sales', setting, 0)),
  agent_version: 0,
})

test('a live conversation is analysed with the versions that held it, not with the drafts that came after them', async () => {
  await published('agent_1', plan, goal(3))
  await published('sales', goal(2))
  const objects = [held('both', both), held('one', only), held('unsaid')]
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
  const versions = [
    ['agent_1', 0, false],
    ['sales', 0, false],
  ]
  expect(await found('both')).toEqual(['Pro', 'My goal', versions])
  expect(await found('one')).toEqual([undefined, 'My goal', versions])
  expect(await found('unsaid')).toEqual([undefined, 'My goal', versions])
})

test('what the vendor has found is noted under the versions that held the conversation', async () => {
  const object = {
    ...held('vendor', both),
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
