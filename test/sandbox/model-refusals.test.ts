import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { extraction, item, object, openModel, schemaFormat, TEXT } from './model-api.ts'

const REQUEST = extraction({ f01: item('user_name: Name of the user', TEXT) }, [['user', 'My name is Ana.']])

describe('a request the real API would turn down', () => {
  test.each([
    ['no key', 'Bearer', null],
    ['another key', 'Bearer sk-other', 'invalid_api_key'],
  ])('is a 401 with %s', async (_, authorization, code) => {
    const { sandbox } = await openModel()
    const headers = authorization === 'Bearer' ? undefined : { authorization }
    const answer = await fetch(`${sandbox.url}/models`, { ...(headers && { headers }) })
    expect(answer.status).toBe(401)
    expect(await answer.json()).toMatchObject({ error: { type: 'invalid_request_error', code } })
  })

  test('is an authentication error to the SDK', async () => {
    const { sandbox } = await openModel({ apiKey: 'right' })
    const openai = new OpenAI({ baseURL: sandbox.url, apiKey: 'wrong', maxRetries: 0 })
    await expect(openai.models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError)
  })

  test('is a 404 for a model it does not know', async () => {
    const { send } = await openModel()
    const attempt = send({ ...REQUEST, model: 'gpt-3.5-turbo' })
    await expect(attempt).rejects.toBeInstanceOf(OpenAI.NotFoundError)
    await expect(attempt).rejects.toMatchObject({ code: 'model_not_found' })
  })

  test.each([
    ['an unknown parameter', { temprature: 0 }, { param: 'temprature', code: 'unknown_parameter' }],
    ['two token limits', { max_tokens: 5 }, { param: 'max_tokens' }],
    ['no messages', { messages: undefined }, { param: 'messages', code: 'missing_required_parameter' }],
    ['an empty list of messages', { messages: [] }, { param: 'messages', code: 'empty_array' }],
    ['an unknown role', { messages: [{ role: 'boss', content: 'x' }] }, { param: 'messages[0].role' }],
    ['a message of nothing', { messages: [{ role: 'user', content: null }] }, { param: 'messages[0].content' }],
    ['an unknown effort', { reasoning_effort: 'huge' }, { param: 'reasoning_effort', code: 'invalid_value' }],
    ['json_object without the word', { response_format: { type: 'json_object' } }, { param: 'messages' }],
    ['an unknown format', { response_format: { type: 'yaml' } }, { param: 'response_format.type' }],
    [
      'a schema name with a space',
      { response_format: schemaFormat(object({}), 'my schema') },
      { code: 'invalid_value' },
    ],
    [
      'a schema name of 65 letters',
      { response_format: schemaFormat(object({}), 'n'.repeat(65)) },
      { code: 'string_above_max_length', param: 'response_format.json_schema.name' },
    ],
  ])('is a 400 with %s', async (_, change, error) => {
    const { send, sandbox } = await openModel()
    const attempt = send({ ...REQUEST, ...change })
    await expect(attempt).rejects.toBeInstanceOf(OpenAI.BadRequestError)
    await expect(attempt).rejects.toMatchObject({ type: 'invalid_request_error', ...error })
    expect(sandbox.admin.state().outcomes).toEqual({ rejected: 1 })
  })

  test('is a 400 beyond the context window', async () => {
    const { send } = await openModel()
    const messages = [{ role: 'user', content: 'long '.repeat(900_000) }]
    await expect(send({ ...REQUEST, messages })).rejects.toMatchObject({ code: 'context_length_exceeded' })
  })
})

describe('a strict schema', () => {
  const nested = (levels: number): object =>
    levels === 0 ? { type: 'string' } : object({ deeper: nested(levels - 1) })
  const choices = (count: number, length = 5) =>
    Array.from({ length: count }, (_, index) => String(index).padStart(length, 'x'))
  const properties = (count: number, length = 5) =>
    object(Object.fromEntries(choices(count, length).map((name) => [name, { type: 'string' }])))
  const valued = (schema: object) => object({ value: schema })

  test.each([
    ['every property required', { ...object({ a: TEXT, b: TEXT }), required: ['a'] }, /Missing 'b'/],
    ['no key required that is no property', { ...object({ a: TEXT }), required: ['a', 'b'] }, /Extra required key 'b'/],
    [
      'additionalProperties false',
      { ...object({ a: TEXT }), additionalProperties: true },
      /'additionalProperties' is req/,
    ],
    [
      'that in nested objects too',
      valued({ type: 'object', properties: {}, required: [] }),
      /\('properties', 'value'\)/,
    ],
    ['that inside arrays too', valued({ type: 'array', items: { type: 'object' } }), /'items'\), 'additional/],
    ['an object at the root', { type: 'array', items: TEXT }, /got 'type: "array"'/],
    ['no anyOf at the root', { anyOf: [object({})] }, /'anyOf' is not permitted/],
    ['a type everywhere', valued({}), /must have a 'type' key/],
    ['known types', valued({ type: 'date' }), /'date' is not a valid type/],
    ['items of an array', valued({ type: 'array' }), /missing items/],
    ['a choice in each enum', valued({ type: 'string', enum: [] }), /non-empty array/],
    ['no allOf', valued({ type: 'string', allOf: [] }), /'allOf' is not permitted/],
    ['no not', valued({ anyOf: [{ type: 'string', not: {} }] }), /'not' is not permitted/],
    ['no if', valued({ type: 'string', if: {} }), /'if' is not permitted/],
    ['no dependentRequired', { ...object({}), dependentRequired: {} }, /'dependentRequired' is not permitted/],
    ['at most 10 levels', nested(11), /11 levels of nesting exceeds limit of 10/],
    ['at most 5,000 properties', properties(5_001), /at most 5000 object properties/],
    ['at most 1,000 choices', valued({ type: 'string', enum: choices(1_001) }), /at most 1000 enum values/],
    ['at most 120,000 characters', properties(1_201, 100), /at most 120000 characters/],
    ['short choices where they are many', valued({ type: 'string', enum: choices(251, 60) }), /15000 characters/],
  ])('demands %s', async (_, schema, message) => {
    const { send } = await openModel()
    const attempt = send({ ...REQUEST, response_format: schemaFormat(schema) })
    await expect(attempt).rejects.toMatchObject({ status: 400, param: 'response_format' })
    await expect(attempt).rejects.toThrow(message)
  })

  test.each([
    ['10 levels', nested(10)],
    ['1,000 short choices', valued({ type: 'string', enum: choices(1_000) })],
    ['5,000 properties', properties(5_000)],
  ])('may have %s', async (_, schema) => {
    const { send } = await openModel()
    const { data } = await send({ ...REQUEST, response_format: schemaFormat(schema), max_completion_tokens: 100_000 })
    expect(data.choices[0]?.finish_reason).toBe('stop')
  })

  test('is not held to these rules without strict', async () => {
    const { send } = await openModel()
    const format = { type: 'json_schema', json_schema: { name: 'loose', schema: { type: 'object' } } }
    expect((await send({ ...REQUEST, response_format: format })).data.choices[0]?.message.content).toBe('{}')
  })
})
