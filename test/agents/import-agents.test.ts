import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import {
  configForRerun,
  getAgent,
  importAgents,
  listVersions,
  publishVersion,
  toRetellAgent,
} from '../../src/agents/index.ts'
import { createTestDatabase } from '../support/database.ts'
import { sharedData } from '../support/shared-data.ts'

const { db } = await createTestDatabase()
const deps = { db }
const actor = { kind: 'cli', name: 'test' } as const

const note = { type: 'string', name: 'note', description: 'A note.' }
const file = {
  agents: [{ agent_id: 'agent_1', agent_name: 'One', version: 3, base_version: 2, post_call_analysis_data: [note] }],
  chat_agents: [{ agent_id: 'chat_1', version: 0, is_published: true }],
}

test('exactly the version given is added, published where it says so, and the same file twice changes nothing', async () => {
  const first = await importAgents(deps, { file, actor })
  expect(first.map((agent) => agent.stored)).toEqual(['new', 'new'])
  expect(await getAgent(db, 'agent_1')).toMatchObject({ version: 3, baseVersion: 2, publishedAt: null, name: 'One' })
  expect(await configForRerun(db, 'chat_1')).toMatchObject({ version: 0, isDraft: false })
  const entries = await db.selectFrom('audit_entries').selectAll().execute()
  const second = await importAgents(deps, { file, actor })
  expect(second.map((agent) => agent.stored)).toEqual(['unchanged', 'unchanged'])
  expect(await db.selectFrom('audit_entries').selectAll().execute()).toEqual(entries)
})

test('a changed draft is changed; a version published here stays as it is and the file is refused', async () => {
  const changed = { agents: [{ ...file.agents[0], post_call_analysis_model: 'gpt-5' }] }
  expect(await importAgents(deps, { file: changed, actor })).toMatchObject([{ stored: 'changed' }])
  expect(await listVersions(db, 'agent_1')).toHaveLength(1)
  await publishVersion(deps, { agentId: 'agent_1', actor })
  await expect(importAgents(deps, { file, actor })).rejects.toMatchObject({ status: 409 })
})

test('a file with one wrong agent is refused as a whole, naming what is wrong', async () => {
  const wrong = {
    agents: [
      { agent_id: 'agent_2', version: 0 },
      { agent_id: 'agent_3', version: '0' },
    ],
  }
  await expect(importAgents(deps, { file: wrong, actor })).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining('agents.1.version'),
  })
  const nameless = {
    agents: [
      { agent_id: 'agent_2', version: 0 },
      { agent_id: 'agent_3', version: 0, post_call_analysis_data: [{}] },
    ],
  }
  await expect(importAgents(deps, { file: nameless, actor })).rejects.toMatchObject({
    message: expect.stringContaining('agent_3'),
  })
  await expect(getAgent(db, 'agent_2')).rejects.toMatchObject({ status: 404 })
})

const agents = sharedData('agents.json')
describe.skipIf(agents.absent)('the shared agents', () => {
  test('all eight come in with their draft 3, twice', async () => {
    const shared: unknown = JSON.parse(await readFile(agents.path, 'utf8'))
    const first = await importAgents(deps, { file: shared, actor })
    expect(first.map((agent) => agent.stored)).toEqual(Array(8).fill('new'))
    expect(first.every((agent) => agent.version === 3)).toBe(true)
    const second = await importAgents(deps, { file: shared, actor })
    expect(second.map((agent) => agent.stored)).toEqual(Array(8).fill('unchanged'))
  })
})

test('an agent with the older prompts comes with those prompts in its built-in items, and with all its other fields', async () => {
  const rest = { voice_id: 'x', post_call_analysis_setting: 'both_agents', analysis_other_prompt: 'kept' }
  const older = { analysis_summary_prompt: 'Five words.', analysis_successful_prompt: 'Done?', ...rest }
  const chat = { analysis_user_sentiment_prompt: 'Mood?', analysis_successful_prompt: null }
  const file = {
    agents: [{ agent_id: 'older', version: 0, ...older }],
    chat_agents: [{ agent_id: 'older_chat', version: 0, ...chat }],
  }
  await importAgents({ db }, { file, actor })
  const preset = (name: string, description?: string) => ({
    type: 'system-presets',
    name,
    ...(description && { description }),
  })
  expect(toRetellAgent(await getAgent(db, 'older'))).toMatchObject({
    ...rest,
    post_call_analysis_data: [
      preset('call_summary', 'Five words.'),
      preset('call_successful', 'Done?'),
      preset('user_sentiment'),
    ],
  })
  expect((await getAgent(db, 'older_chat')).config.items).toEqual([
    preset('chat_summary'),
    preset('chat_successful'),
    preset('user_sentiment', 'Mood?'),
  ])
  expect(await importAgents({ db }, { file, actor })).toMatchObject([{ stored: 'unchanged' }, { stored: 'unchanged' }])
})
