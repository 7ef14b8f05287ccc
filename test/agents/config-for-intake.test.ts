import { expect, test } from 'vitest'
import { configForIntake, importAgents, saveDraft } from '../../src/agents/index.ts'
import { createTestDatabase } from '../support/database.ts'

const { db } = await createTestDatabase()
const actor = { kind: 'cli', name: 'test' } as const
const itemNamed = (name: string) => [{ type: 'boolean', name, description: 'Whether it was said.' }]

test('a conversation is first analysed with the version it was held with, not with an unfinished draft', async () => {
  const published = { agent_id: 'agent_a', version: 0, is_published: true, post_call_analysis_data: itemNamed('old') }
  await importAgents({ db }, { file: { agents: [published] }, actor })
  const body = { post_call_analysis_data: itemNamed('unfinished') }
  await saveDraft({ db }, { agentId: 'agent_a', kind: 'call', body, actor })

  const held = await configForIntake(db, 'agent_a', 0)
  expect(held).toMatchObject({ version: 0, isDraft: false })
  expect(held.config.items.map((item) => item.name)).toContain('old')
})

test('of a version that was never ours the newest draft answers', async () => {
  for (const version of [7, null]) {
    expect(await configForIntake(db, 'agent_a', version)).toMatchObject({ version: 1, isDraft: true })
  }
})
