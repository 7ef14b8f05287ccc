import { expect, test } from 'vitest'
import { configFromRetell } from '../../src/agents/config-from-retell.ts'
import { configHash } from '../../src/agents/index.ts'
import { defaultConfig } from '../../src/agents/presets.ts'

const call = { id: 'agent_1', kind: 'call' } as const
const budget = { type: 'number', name: 'budget', description: 'The budget.' } as const

function problems(body: Record<string, unknown>): unknown {
  try {
    return configFromRetell(call, body, defaultConfig('call'))
  } catch (error) {
    return error
  }
}

test('the built-in items are part of every config, and stay where a list names only custom ones', () => {
  const config = configFromRetell(call, { post_call_analysis_data: [budget] }, defaultConfig('call'))
  expect(config.items.map((item) => item.name)).toEqual(['call_summary', 'call_successful', 'user_sentiment', 'budget'])
})

test('what the body does not name stays, null sets the default back', () => {
  const base = configFromRetell(
    call,
    { post_call_analysis_data: [budget], post_call_analysis_model: 'gpt-5' },
    defaultConfig('call'),
  )
  expect(configFromRetell(call, {}, base)).toEqual(base)
  const reset = { post_call_analysis_data: null, post_call_analysis_model: null }
  expect(configFromRetell(call, reset, base)).toEqual(defaultConfig('call'))
})

test('legacy prompts become the prompts of the built-in items, and null takes them away', () => {
  const named = configFromRetell(call, { analysis_summary_prompt: 'Five words.' }, defaultConfig('call'))
  expect(named.items[0]).toEqual({ type: 'system-presets', name: 'call_summary', description: 'Five words.' })
  expect(configFromRetell(call, { analysis_summary_prompt: null }, named)).toEqual(defaultConfig('call'))
  const chat = configFromRetell(
    { id: 'c', kind: 'chat' },
    { analysis_successful_prompt: 'Done?' },
    defaultConfig('chat'),
  )
  expect(chat.items[1]).toEqual({ type: 'system-presets', name: 'chat_successful', description: 'Done?' })
})

test('an object that has a prompt in both forms means the current one, even where the old one is null', () => {
  const preset = { type: 'system-presets', name: 'call_summary', description: 'Five words.' } as const
  const both = {
    post_call_analysis_data: [preset],
    analysis_summary_prompt: 'Old.',
    analysis_successful_prompt: 'Done?',
  }
  const { items } = configFromRetell(call, both, defaultConfig('call'))
  expect(items).toEqual(expect.arrayContaining([preset]))
  expect(items.find(({ name }) => name === 'call_successful')).toMatchObject({ description: 'Done?' })
  const exported = { post_call_analysis_data: [preset], analysis_summary_prompt: null }
  expect(configFromRetell(call, exported, defaultConfig('call')).items).toEqual(expect.arrayContaining([preset]))
})

test('a legacy prompt is as long as the source product takes it, and is named where it is longer', () => {
  const prompt = (length: number) => ({ analysis_user_sentiment_prompt: 'x'.repeat(length) })
  expect(configFromRetell(call, prompt(2_000), defaultConfig('call')).items[2]?.description).toHaveLength(2_000)
  expect(problems(prompt(2_001))).toMatchObject({
    code: 'agent.config_invalid',
    message: expect.stringContaining('analysis_user_sentiment_prompt'),
  })
  const chat = { id: 'c', kind: 'chat' } as const
  expect(configFromRetell(chat, prompt(2_001), defaultConfig('chat')).items[2]?.description).toHaveLength(2_001)
})

test('everything that is wrong is named: agent, place, item', () => {
  const items = [
    { ...budget, description: '' },
    { type: 'enum', name: 'size', description: 'x', choices: [] },
  ]
  expect(problems({ post_call_analysis_data: items, post_call_analysis_model: 7 })).toMatchObject({
    code: 'agent.config_invalid',
    status: 400,
    message: expect.stringMatching(
      /agent_1.*\[0\]\.description.*item budget.*\[1\]\.choices.*item size.*post_call_analysis_model/,
    ),
  })
  expect(problems({ post_call_analysis_data: [{ type: 'system-presets', name: 'chat_summary' }] })).toMatchObject({
    message: expect.stringContaining('chat_summary is no preset of a call agent'),
  })
  expect(problems({ post_call_analysis_data: [budget, budget] })).toMatchObject({ code: 'agent.config_invalid' })
})

test('a config has one hash, however its keys are ordered', () => {
  const one = { items: [{ type: 'number', name: 'a', description: 'b' } as const], model: 'm' }
  const other = { model: 'm', items: [{ description: 'b', name: 'a', type: 'number' } as const] }
  expect(configHash(one)).toBe(configHash(other))
  expect(configHash(one)).not.toBe(configHash({ ...one, model: 'n' }))
})
