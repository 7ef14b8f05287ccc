import { APIError } from 'openai'
import type { ResponseCreateParamsNonStreaming } from 'openai/resources/responses/responses'
import { describe, expect, test } from 'vitest'
import { object, oneOf, openModel } from './model-api.ts'

const schema = object({ f01: { type: 'string', enum: ['a', 'b'] } })
const model = 'sandbox-extractive-1'
const format = { type: 'json_schema', name: 'x', strict: true, schema } as const
const asked: ResponseCreateParamsNonStreaming = {
  model,
  input: [{ role: 'user', content: 'Hello.' }],
  text: { format },
}

async function refusalOf(body: object) {
  const { openai } = await openModel()
  const refusal = await openai.responses
    .create({ ...asked, ...body } as ResponseCreateParamsNonStreaming)
    .catch((error) => error)
  expect(refusal).toBeInstanceOf(APIError)
  return refusal
}

describe('Responses of the sandbox model', () => {
  test('answers as Chat Completions does, in an envelope that the SDK reads', async () => {
    const { openai } = await openModel()
    const answer = await openai.responses.create(asked)
    expect(answer).toMatchObject({ object: 'response', status: 'completed', model, output_text: '{"f01":"a"}' })
    expect(answer.usage?.input_tokens).toBeGreaterThan(0)
  })

  test.each([
    ['refuse', { status: 'completed', output: [{ content: [{ type: 'refusal' }] }] }],
    ['filter', { status: 'incomplete', incomplete_details: { reason: 'content_filter' } }],
    ['truncate', { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }],
    ['empty', { status: 'completed', output: [] }],
  ] as const)('%s shows in its status or output', async (kind, shown) => {
    const { openai, sandbox } = await openModel()
    sandbox.admin.fault({ kind })
    expect(await openai.responses.create(asked)).toMatchObject(shown)
  })

  test('a limit of tokens cuts the answer, and says so', async () => {
    const { openai } = await openModel()
    expect(await openai.responses.create({ ...asked, max_output_tokens: 1 })).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    })
  })

  test.each([
    ['a parameter of Chat Completions', { response_format: { type: 'text' } }, 'response_format'],
    ['messages in place of input', { messages: [], input: undefined }, 'messages'],
    ['no input', { input: undefined }, 'input'],
    ['an unknown role', { input: [{ role: 'tool', content: 'x' }] }, 'input[0].role'],
    [
      'parts of Chat Completions',
      { input: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }] },
      'input[0].content',
    ],
    ['an unknown effort', { reasoning: { effort: 'some' } }, 'reasoning.effort'],
    [
      'a nested schema, as Chat Completions has it',
      { text: { format: { type: 'json_schema', json_schema: {} } } },
      'text.format.json_schema',
    ],
    [
      'a schema that is not strict',
      { text: { format: { ...format, schema: { type: 'object', properties: { a: oneOf('b') } } } } },
      'response_format',
    ],
    ['json_object without the word', { text: { format: { type: 'json_object' } } }, 'input'],
    ['a stream', { stream: true }, 'stream'],
  ])('%s is refused, naming the place', async (_, body, param) => {
    expect(await refusalOf(body)).toMatchObject({ status: 400, param })
  })

  test('an unknown model is a 404, a wrong key a 401', async () => {
    expect(await refusalOf({ model: 'gpt-9' })).toMatchObject({ status: 404, code: 'model_not_found' })
    const { openai } = await openModel()
    const stranger = openai.withOptions({ apiKey: 'wrong' })
    await expect(stranger.responses.create(asked)).rejects.toMatchObject({ status: 401 })
  })
})
