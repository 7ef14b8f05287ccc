import { expect, test } from 'vitest'
import { profileOf, shippedPrices } from '../../src/model/index.ts'
import { wireRequest } from '../../src/model/wire.ts'

const asked = { type: 'object', properties: { f01: { description: 'budget: The budget.', type: ['number', 'null'] } } }
const request = {
  model: 'gpt-6-luna',
  instructions: 'rules',
  input: 'what was said',
  schema: { name: 'analysis', body: asked },
  cacheKey: 'k',
  maxOutputTokens: 100,
}

function messagesTo(url: string, more: object = {}) {
  const profile = profileOf({ url, apiKey: 'k', models: {}, isSandbox: false })
  return wireRequest({ profile, prices: shippedPrices }, { ...request, ...more }, profile.format).messages
}

test('a server that may not show the schema to the model is told the items in the static message, once', () => {
  const [first, last] = messagesTo('http://localhost:8000/v1')
  expect(first?.content).toMatch(/^rules/)
  expect(String(first?.content).split('budget: The budget.')).toHaveLength(2)
  expect(last?.content).toBe('what was said')
})

test('OpenAI shows it: there the items are sent in the schema alone', () => {
  expect(JSON.stringify(messagesTo('https://api.openai.com/v1'))).not.toContain('The budget')
})

test('what is to be repaired comes last, behind the same messages', () => {
  const messages = messagesTo('https://api.openai.com/v1')
  const repairing = messagesTo('https://api.openai.com/v1', { repair: 'An earlier answer lacked f01.' })
  expect(repairing).toEqual([...messages, { role: 'user', content: 'An earlier answer lacked f01.' }])
})
