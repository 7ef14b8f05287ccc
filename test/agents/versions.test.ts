import { expect, test } from 'vitest'
import {
  configForRerun,
  configHash,
  createVersion,
  ensureAgents,
  getAgent,
  listAgents,
  listVersions,
  publishVersion,
  rememberConfigs,
  saveDraft,
  toRetellAgent,
} from '../../src/agents/index.ts'
import { defaultConfig } from '../../src/agents/presets.ts'
import { transact } from '../../src/db/index.ts'
import { createTestDatabase } from '../support/database.ts'

const { db } = await createTestDatabase()
const deps = { db }
const actor = { kind: 'cli', name: 'test' } as const

function draft(agentId: string, body: Record<string, unknown>, version?: number) {
  return saveDraft(deps, { agentId, kind: 'call', body, actor, ...(version === undefined ? {} : { version }) })
}

function auditOf(agentId: string) {
  return db.selectFrom('audit_entries').selectAll().where('subject_id', '=', agentId).orderBy('id').execute()
}

const note = { type: 'string', name: 'note', description: 'A note with "quotes", \\ and 👋.' }

test('a draft is edited in place, frozen when published, and followed by a new draft on top of it', async () => {
  const first = await draft('agent_a', { agent_name: 'Front desk', post_call_analysis_data: [note], voice_id: 'x' })
  expect(first).toMatchObject({ version: 0, baseVersion: null, publishedAt: null, name: 'Front desk' })
  await draft('agent_a', { post_call_analysis_model: 'gpt-5' })
  const published = await publishVersion(deps, { agentId: 'agent_a', actor })
  expect(published).toMatchObject({ version: 0, config: { model: 'gpt-5' }, publishedAt: expect.any(Date) })

  const second = await draft('agent_a', { analysis_summary_prompt: 'Short.' })
  expect(second).toMatchObject({ version: 1, baseVersion: 0, raw: { voice_id: 'x' } })
  expect(await getAgent(db, 'agent_a', 0)).toEqual(published)
  expect((await listVersions(db, 'agent_a')).map((version) => version.version)).toEqual([1, 0])
})

test('days, times and lists are saved and given back as they came', async () => {
  const items = [
    { type: 'date', name: 'due', description: 'The day it is due.', required: true },
    { type: 'datetime', name: 'visit', description: 'When the visit is.', conditional_prompt: 'a visit is agreed' },
    { type: 'list', name: 'hobbies', description: 'Hobbies.' },
    { type: 'list', name: 'rooms', description: 'Rooms.', choices: ['kitchen', 'bath', 'kitchen'] },
  ]
  const saved = await draft('agent_own', { post_call_analysis_data: items })
  expect(toRetellAgent(saved).post_call_analysis_data).toEqual([...defaultConfig('call').items, ...items])
  expect(saved.hash).toBe(configHash(saved.config))
  const wrong = { type: 'list', name: 'rooms', description: 'Rooms.', choices: [] }
  await expect(draft('agent_own', { post_call_analysis_data: [wrong] })).rejects.toThrow(/\[0\]\.choices.*item rooms/)
})

test('a published version refuses every change, in the service and in the database', async () => {
  await draft('agent_frozen', {})
  await publishVersion(deps, { agentId: 'agent_frozen', actor })
  await expect(draft('agent_frozen', { voice_id: 'y' }, 0)).rejects.toMatchObject({ status: 409 })
  await expect(publishVersion(deps, { agentId: 'agent_frozen', version: 0, actor })).rejects.toMatchObject({
    code: 'agent.version_frozen',
  })
  await expect(publishVersion(deps, { agentId: 'agent_frozen', actor })).rejects.toMatchObject({
    code: 'agent.no_draft',
  })
  const around = db.updateTable('agent_versions').set({ config_hash: 'x' }).where('agent_id', '=', 'agent_frozen')
  await expect(around.execute()).rejects.toThrow('published and frozen')
})

test('a rerun uses the draft with the highest number, else the highest published version', async () => {
  await draft('agent_b', {})
  await publishVersion(deps, { agentId: 'agent_b', actor })
  expect(await configForRerun(db, 'agent_b')).toMatchObject({ version: 0, isDraft: false })
  await createVersion(deps, { agentId: 'agent_b', actor })
  await createVersion(deps, { agentId: 'agent_b', baseVersion: 0, actor })
  expect(await configForRerun(db, 'agent_b')).toMatchObject({ version: 2, isDraft: true })
  await publishVersion(deps, { agentId: 'agent_b', actor })
  const frozen = await configForRerun(db, 'agent_b')
  expect(frozen).toMatchObject({ version: 1, isDraft: true })
  expect(frozen.hash).toBe(configHash(frozen.config))
})

test('saving the same again changes nothing and writes no audit entry', async () => {
  await draft('agent_c', { post_call_analysis_data: [note], raw: { deep: [0, false, '', null] } })
  const entries = await auditOf('agent_c')
  await draft('agent_c', { post_call_analysis_data: [note], raw: { deep: [0, false, '', null] } })
  expect(await auditOf('agent_c')).toEqual(entries)
})

test('every change says who made it, with the config before and after', async () => {
  await draft('agent_d', {})
  await draft('agent_d', { post_call_analysis_model: 'gpt-5', agent_name: 'D' })
  await publishVersion(deps, { agentId: 'agent_d', actor })
  const entries = await auditOf('agent_d')
  expect(entries.map((entry) => entry.action)).toEqual([
    'agent.version_added',
    'agent.renamed',
    'agent.draft_changed',
    'agent.published',
  ])
  expect(entries[2]).toMatchObject({
    actor: 'cli:test',
    before: { version: 0, config: { model: 'gpt-4.1' } },
    after: { version: 0, config: { model: 'gpt-5' } },
  })
})

test('a refused draft leaves nothing behind, not even the agent', async () => {
  await expect(draft('agent_e', { post_call_analysis_data: [{ ...note, name: '' }] })).rejects.toMatchObject({
    status: 400,
  })
  await expect(getAgent(db, 'agent_e')).rejects.toMatchObject({ status: 404 })
})

test('two drafts begun at the same time get different numbers', async () => {
  await draft('agent_f', {})
  const created = await Promise.all([1, 2, 3].map(() => createVersion(deps, { agentId: 'agent_f', actor })))
  expect(created.map((version) => version.version).toSorted()).toEqual([1, 2, 3])
})

test('an agent that conversations name first begins with a draft of the built-in items', async () => {
  const agents = [
    { id: 'agent_z', kind: 'chat', name: null } as const,
    { id: 'agent_a', kind: 'call', name: 'Other' } as const,
  ]
  await transact(db, (trx) => ensureAgents(trx, agents))
  await transact(db, (trx) => ensureAgents(trx, agents))
  const frozen = await configForRerun(db, 'agent_z')
  expect(frozen).toMatchObject({ version: 0, isDraft: true })
  expect(frozen.config.items.map((item) => item.name)).toEqual(['chat_summary', 'chat_successful', 'user_sentiment'])
  expect((await listAgents(db)).find((agent) => agent.agentId === 'agent_a')).toMatchObject({
    name: 'Front desk',
    version: 1,
  })
})

test('an agent answers in the shape of the source product, unknown fields untouched', async () => {
  const version = await draft('agent_g', { agent_name: 'G', language: 'en-US', odd: { '': null }, version: 99 })
  expect(toRetellAgent(version)).toMatchObject({
    agent_id: 'agent_g',
    agent_name: 'G',
    version: 0,
    is_published: false,
    language: 'en-US',
    odd: { '': null },
    post_call_analysis_model: 'gpt-4.1',
    post_call_analysis_data: [{ name: 'call_summary' }, { name: 'call_successful' }, { name: 'user_sentiment' }],
  })
})

test('a config in use stays readable under its hash', async () => {
  const frozen = await configForRerun(db, 'agent_g')
  await transact(db, (trx) => rememberConfigs(trx, [frozen]))
  await transact(db, (trx) => rememberConfigs(trx, [frozen]))
  const row = await db
    .selectFrom('analysis_configs')
    .select('config')
    .where('hash', '=', frozen.hash)
    .executeTakeFirstOrThrow()
  expect(row.config).toEqual(frozen.config)
})
