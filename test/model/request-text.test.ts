import { expect, test } from 'vitest'
import type { SchemaFormat } from '../../src/config.ts'
import { type CompletionRequest, type Model, openModel, profileOf } from '../../src/model/index.ts'
import { requestBytes, requestText } from '../../src/model/request-text.ts'
import { wireRequest } from '../../src/model/wire.ts'
import { wireResponsesRequest } from '../../src/model/wire-responses.ts'

const body = { type: 'object', properties: { f01: { type: 'string', description: 'Wer „ruft“ an? \\ "x" $&' } } }
const first: CompletionRequest = {
  model: 'gpt-6-luna',
  instructions: 'Rules. '.repeat(1_000),
  input: 'Größe "L"\n\u2028 \ud83d $1',
  schema: { name: 'analysis', body },
  cacheKey: 'one',
  maxOutputTokens: 100,
}

/** Each after the first, from which it differs in one thing; all have one schema. */
const requests = [
  { ...first, input: '' },
  { ...first, input: 'Another conversation.' },
  { ...first, model: 'gpt-4.1-mini' },
  { ...first, instructions: 'Other rules.' },
  { ...first, cacheKey: 'another' },
  { ...first, maxOutputTokens: 200 },
  { ...first, schema: { name: 'merge', body } },
  { ...first, repair: 'An earlier answer lacked f01.' },
].flatMap((request): CompletionRequest[] => [first, request])
const formats: SchemaFormat[] = ['json_schema', 'json_object', 'prompt']

test.each([
  ['chat', 'openai', wireRequest],
  ['responses', 'openai', wireResponsesRequest],
  ['chat', 'vllm', wireRequest],
] as const)('what is sent over %s as %s is the body of the request, and counts its bytes', (endpoint, name, write) => {
  const settings = { url: 'https://models.example/v1', apiKey: 'k', models: {}, isSandbox: false }
  const [profile, other] = (['system', 'developer'] as const).map((role) =>
    profileOf({ ...settings, profile: { name, keys: { endpoint, role } } }),
  )
  if (!profile || !other) throw new Error('two profiles')
  const models = [openModel(profile, {}, { prices: new Map() }), openModel(profile), openModel(other)]
  const check = (model: Model, request: CompletionRequest, format: SchemaFormat) => {
    const text = requestText(model, request, format)
    expect(text).toBe(JSON.stringify(write(model, request, format)))
    expect(requestBytes(model, request, format)).toBe(Buffer.byteLength(text))
  }
  for (const model of models)
    for (const format of formats) for (const request of requests) check(model, request, format)
  for (const request of requests)
    for (const format of formats) for (const model of models) check(model, request, format)
  for (const model of models)
    for (const request of requests) for (const format of formats) check(model, request, format)
})
