import { expect, test } from 'vitest'
import { configHash, inlineConfig } from '../../src/agents/index.ts'
import { defaultConfig } from '../../src/agents/presets.ts'

const agent = { id: 'agent_1', kind: 'call' } as const
const budget = { type: 'number', name: 'budget', description: 'The budget.' }

function refusal(given: unknown): unknown {
  try {
    return inlineConfig(agent, given)
  } catch (error) {
    return error
  }
}

test('a config of no version has the hash of one that says the same', () => {
  const given = inlineConfig(agent, { items: [budget], model: 'gpt-5' })
  expect(given).toMatchObject({ agentId: 'agent_1', version: null, isDraft: false })
  expect(given.config.items.map(({ name }) => name)).toEqual([
    'call_summary',
    'call_successful',
    'user_sentiment',
    'budget',
  ])
  expect(given.hash).toBe(configHash(given.config))
  expect(inlineConfig(agent, { items: [] }).config).toEqual(defaultConfig('call'))
})

test.each([
  [{ items: [budget, { ...budget }] }, /items\[1\]\.name: item budget is already defined/],
  [{ items: [{ ...budget, description: '' }] }, /items\[0\]\.description: .*item budget/],
  [
    { items: [{ ...budget, type: 'enum', choices: ['x'.repeat(201)] }] },
    /items\[0\]\.choices: item budget has a choice of more than 200/,
  ],
  [{ items: Array.from({ length: 101 }, (_, place) => ({ ...budget, name: `n${place}` })) }, /101 items, at most 100/],
  [{ items: [{ type: 'system-presets', name: 'chat_summary' }] }, /chat_summary is no preset of a call agent/],
  [{ items: [], model: 7 }, /model: /],
  [{ items: [], modle: 'gpt-5' }, /modle: is not known/],
  [{ model: 'gpt-5' }, /it must be a JSON object with items/],
  [[], /it must be a JSON object with items/],
])('%# is refused as it is where one is saved, naming the item', (given, message) => {
  expect(refusal(given)).toMatchObject({
    code: 'agent.config_invalid',
    status: 400,
    message: expect.stringMatching(message),
  })
})
