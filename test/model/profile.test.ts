import { expect, test } from 'vitest'
import { profileOf, providerModel } from '../../src/model/index.ts'

const settings = { url: 'https://api.openai.com/v1', apiKey: 'k', isSandbox: false }

test('a configured model is answered by the one it is mapped to, any other by the * row', () => {
  const profile = profileOf({ ...settings, models: { 'gpt-4.1': 'gpt-6-luna', '*': 'gpt-6.1-terra' } })
  expect(providerModel(profile, 'gpt-4.1')).toBe('gpt-6-luna')
  expect(providerModel(profile, 'claude-5-sonnet')).toBe('gpt-6.1-terra')
})

test('a model that nothing answers for stops the work and names what to set', () => {
  const profile = profileOf({ ...settings, models: { 'gpt-4.1': 'gpt-6-luna' } })
  for (const name of ['gpt-5', 'constructor', '__proto__']) {
    expect(() => providerModel(profile, name)).toThrow(
      expect.objectContaining({ code: 'model.unmapped', recovery: 'stop' }),
    )
  }
})

test('only OpenAI and its sandbox are sent what other hosts would reject', () => {
  const sendsOf = (url: string, isSandbox = false) => profileOf({ ...settings, url, isSandbox, models: {} }).sends.cache
  expect(sendsOf('https://api.openai.com/v1')).toBe(true)
  expect(sendsOf('https://eu.api.openai.com/v1')).toBe(true)
  expect(sendsOf('http://127.0.0.1:4010/v1', true)).toBe(true)
  expect(sendsOf('http://localhost:11434/v1')).toBe(false)
})
