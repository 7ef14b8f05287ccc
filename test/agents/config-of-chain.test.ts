import { beforeAll, describe, expect, test } from 'vitest'
import {
  chainKey,
  configForIntake,
  configForRerun,
  configsForRerun,
  importAgents,
  partsOf,
  type Transfer,
  transferSettings,
} from '../../src/agents/index.ts'
import { createTestDatabase } from '../support/database.ts'

const { db } = await createTestDatabase()
const actor = { kind: 'cli', name: 'test' } as const
const [only, both] = transferSettings

const text = (name: string, description: string) => ({ type: 'string', name, description })
const summary = (description: string) => ({ type: 'system-presets', name: 'call_summary', description })
const agent = (id: string, version: number, model: string, items: object[], more: object = {}) => ({
  agent_id: id,
  version,
  is_published: version === 0,
  post_call_analysis_data: items,
  post_call_analysis_model: model,
  ...more,
})

const many = (count: number, of: string) => Array.from({ length: count }, (_, place) => text(`${of}_${place}`, 'x'))

beforeAll(async () => {
  const agents = [
    agent('front', 0, 'model-f0', [summary('Front, published.'), text('topic', 'Front.'), text('caller', 'Front.')]),
    agent('front', 1, 'model-f1', [summary('Front, draft.'), text('topic', 'Front draft.'), text('caller', 'Front.')]),
    agent('sales', 0, 'model-s0', [text('topic', 'Sales.'), text('budget', 'Sales.')]),
    agent('sales', 1, 'model-s1', [text('topic', 'Sales draft.'), text('budget', 'Sales draft.')]),
    agent('billing', 0, 'model-b0', [text('budget', 'Billing.'), text('invoice', 'Billing.')]),
    agent('sharing', 0, 'model-x', [text('topic', 'Sharing.')], { post_call_analysis_setting: both }),
    agent('large', 0, 'model-l', many(60, 'one')),
    agent('larger', 0, 'model-l', many(60, 'other')),
  ]
  await importAgents({ db }, { file: { agents }, actor })
})

const to = (agentId: string, setting: Transfer['setting'] = null, version: number | null = null): Transfer => ({
  agentId,
  version,
  setting,
})

/** What is asked of items that are not built in, by name, and of the summary. */
async function asked(from: string, ...transfers: Transfer[]) {
  const { config, ...source } = await configForRerun(db, from, transfers)
  return { ...source, model: config.model, items: worded(config.items) }
}

function worded(items: { name: string; description?: string | undefined }[]) {
  return Object.fromEntries(items.flatMap(({ name, description }) => (description ? [[name, description]] : [])))
}

describe('after a transfer', () => {
  test('only to the destination, its config counts alone, under its own hash', async () => {
    const alone = await configForRerun(db, 'sales')
    const found = await configForRerun(db, 'front', [to('sales', only)])
    expect(found).toEqual({
      ...alone,
      parts: [
        { agentId: 'front', version: 1, isDraft: true, setting: null },
        { agentId: 'sales', version: 1, isDraft: true, setting: only },
      ],
    })
    expect(alone).toMatchObject({ agentId: 'sales', version: 1, isDraft: true })
    expect(alone).not.toHaveProperty('parts')
  })

  test('of both agents, the items of both are asked, and the destination wins by name, presets and model too', async () => {
    const { items, model, version, hash } = await asked('front', to('sales', both))
    expect(items).toEqual({ topic: 'Sales draft.', caller: 'Front.', budget: 'Sales draft.' })
    expect(Object.keys(items)).toEqual(['caller', 'topic', 'budget'])
    expect({ model, version }).toEqual({ model: 'model-s1', version: 1 })
    expect(hash).not.toBe((await asked('sales')).hash)
    const back = await asked('sales', to('front', both))
    expect(back).toMatchObject({ model: 'model-f1', items: { topic: 'Front draft.', call_summary: 'Front, draft.' } })
  })

  test.each([
    [both, both, ['caller', 'topic', 'budget', 'invoice'], 'Billing.'],
    [only, both, ['topic', 'budget', 'invoice'], 'Billing.'],
    [both, only, ['budget', 'invoice'], 'Billing.'],
    [only, only, ['budget', 'invoice'], 'Billing.'],
  ] as const)('a chain of %s, then %s folds from left to right', async (first, second, names, budget) => {
    const found = await asked('front', to('sales', first), to('billing', second))
    expect(new Set(Object.keys(found.items))).toEqual(new Set(names))
    expect(found).toMatchObject({ model: 'model-b0', version: 0, isDraft: false, items: { budget } })
    expect(found.parts?.map(({ agentId, setting }) => [agentId, setting])).toEqual([
      ['front', null],
      ['sales', first],
      ['billing', second],
    ])
  })

  test('back to where it came from, the first agent decides again', async () => {
    const found = await asked('front', to('sales', both), to('front', both))
    expect(found).toMatchObject({
      agentId: 'front',
      model: 'model-f1',
      items: { topic: 'Front draft.', budget: 'Sales draft.' },
    })
    expect((await asked('front', to('sales', both), to('front', only))).hash).toBe((await asked('front')).hash)
  })

  test('without a setting, that of the agent it came from counts, else the destination alone', async () => {
    expect((await asked('sharing', to('billing'))).items).toMatchObject({ topic: 'Sharing.', invoice: 'Billing.' })
    expect((await asked('sharing', to('billing', only))).hash).toBe((await asked('billing')).hash)
    const twice = await asked('front', to('sharing'), to('billing'))
    expect(twice.items).toEqual({ topic: 'Sharing.', budget: 'Billing.', invoice: 'Billing.' })
    expect(twice.parts?.map((part) => part.setting)).toEqual([null, only, both])
  })

  test('a version in place of a draft goes with its agent', async () => {
    const pinned = await configForRerun(db, 'front', [to('sales', both)], { agentId: 'sales', version: 0 })
    expect(pinned).toMatchObject({ version: 0, isDraft: false, config: { model: 'model-s0' } })
    expect(worded(pinned.config.items)).toEqual({ topic: 'Sales.', caller: 'Front.', budget: 'Sales.' })
    const unknown = configForRerun(db, 'front', [to('sales', both)], { agentId: 'sales', version: 7 })
    await expect(unknown).rejects.toMatchObject({ code: 'agent.not_found' })
  })

  test('items of both that do not fit one analysis are refused, naming the versions', async () => {
    await expect(configForRerun(db, 'large', [to('larger', both)])).rejects.toMatchObject({
      code: 'agent.transfer_too_large',
      status: 422,
      message: expect.stringMatching(/large version 0, then larger version 0 .*123 items, at most 100/),
    })
    expect((await asked('large', to('larger', only))).hash).toBe((await asked('larger')).hash)
    await expect(configForRerun(db, 'front', [to('nobody', both)])).rejects.toMatchObject({ code: 'agent.not_found' })
  })
})

test('at intake each agent counts with the version it held the conversation with', async () => {
  const held = await configForIntake(db, 'front', 0, [to('sales', both, 0)])
  expect(worded(held.config.items)).toEqual({ topic: 'Sales.', caller: 'Front.', budget: 'Sales.' })
  expect(held.parts?.map(({ agentId, version, isDraft }) => [agentId, version, isDraft])).toEqual([
    ['front', 0, false],
    ['sales', 0, false],
  ])
  const mixed = await configForIntake(db, 'front', 0, [to('sales', both)])
  expect(worded(mixed.config.items)).toMatchObject({ caller: 'Front.', topic: 'Sales draft.' })
  expect(await configForIntake(db, 'front', 9, [to('sales', both, 9)])).toEqual(
    await configForRerun(db, 'front', [to('sales', both)]),
  )
})

test('many chains are read together, each as if alone; versions make no difference to their key', async () => {
  const chains = [
    { agentId: 'front', transfers: [] },
    { agentId: 'front', transfers: [to('sales', both)] },
    { agentId: 'sales', transfers: [to('front', only), to('billing')] },
  ]
  const alone = await Promise.all(chains.map(({ agentId, transfers }) => configForRerun(db, agentId, transfers)))
  expect(await configsForRerun(db, chains)).toEqual(alone)
  expect(new Set(chains.map(chainKey)).size).toBe(3)
  expect(chainKey({ agentId: 'front', transfers: [to('sales', both, 3)] })).toBe(
    chainKey({ agentId: 'front', transfers: [to('sales', both, 4)] }),
  )
  expect(alone.map((source) => partsOf(source).length)).toEqual([1, 2, 3])
})

test('a setting on the agent that is none is refused, and one that is comes back untouched', async () => {
  const file = { agents: [agent('odd', 0, 'm', [], { post_call_analysis_setting: 'both' })] }
  await expect(importAgents({ db }, { file, actor })).rejects.toMatchObject({
    code: 'agent.invalid',
    status: 400,
    message: 'post_call_analysis_setting must be only_destination_agent or both_agents',
  })
})
