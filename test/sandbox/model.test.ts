import { describe, expect, test } from 'vitest'
import { extraction, item, object, oneOf, openModel, type Said, schemaFormat, TEXT } from './model-api.ts'

const SAID: Said = [
  ['agent', 'Hello, how can I help?'],
  ['user', "My name is Zoë “Zed” O'Neil and I want a demo on Tuesday 🙂 at C:\\office."],
  ['agent', 'Your demo is booked for Tuesday.'],
]
const REQUEST = extraction(
  {
    f01: item('user_name: Name of the user', TEXT),
    f02: item('demo_day: Day of the demo', oneOf('Monday', 'Tuesday')),
  },
  SAID,
)

describe('a completion', () => {
  test('comes in the shape of the real API and says who it is', async () => {
    const { send } = await openModel()
    const { data, response, request_id } = await send(REQUEST)
    expect(data).toMatchObject({
      object: 'chat.completion',
      model: 'sandbox-extractive-1',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', refusal: null } }],
    })
    expect(data.id).toMatch(/^chatcmpl-/)
    expect(request_id).toBe('req_1')
    expect(response.headers.get('x-ratelimit-remaining-tokens')).toMatch(/^\d+$/)
    const chars = JSON.stringify(REQUEST.response_format.json_schema.schema).length
    const messages = REQUEST.messages.reduce((sum, { content }) => sum + content.length, 0)
    expect(data.usage?.prompt_tokens).toBe(Math.ceil((chars + messages) / 4))
    expect(data.usage?.total_tokens).toBe((data.usage?.prompt_tokens ?? 0) + (data.usage?.completion_tokens ?? 0))
  })

  test('is the same for the same request, and other for other words', async () => {
    const { send } = await openModel()
    const [first, second] = [await send(REQUEST), await send(REQUEST)]
    expect(second.data.choices).toEqual(first.data.choices)
    expect(second.data.id).not.toBe(first.data.id)
    const other = await send(JSON.parse(JSON.stringify(REQUEST).replaceAll('Tuesday', 'Monday')))
    expect(other.data.choices).not.toEqual(first.data.choices)
  })

  test('stops at the token limit of the request with finish_reason length', async () => {
    const { send } = await openModel()
    const { data } = await send({ ...REQUEST, max_completion_tokens: 10 })
    expect(data.choices[0]?.finish_reason).toBe('length')
    expect(data.choices[0]?.message.content).toHaveLength(40)
    expect(data.usage?.completion_tokens).toBe(10)
  })

  test('satisfies a schema that is made of no items', async () => {
    const { send } = await openModel()
    const schema = object({
      word: { type: 'string', enum: ['quagga', 'zugzwang'] },
      nested: object({ count: { type: 'integer' }, known: { type: ['boolean', 'null'] } }),
    })
    const { data } = await send({ ...REQUEST, response_format: schemaFormat(schema) })
    expect(JSON.parse(data.choices[0]?.message.content ?? '')).toEqual({
      word: 'quagga',
      nested: { count: 0, known: null },
    })
  })

  test('of free text sums up the conversation', async () => {
    const { send } = await openModel()
    const { data } = await send({ ...REQUEST, response_format: { type: 'text' } })
    expect(data.choices[0]?.message.content).toContain('Your demo is booked for Tuesday.')
  })

  test('answers under every alias it was given, by its own name', async () => {
    const { send, openai } = await openModel({ aliases: ['gpt-6-luna'] })
    const { data } = await send({ ...REQUEST, model: 'gpt-6-luna' })
    expect(data.model).toBe('sandbox-extractive-1')
    expect((await openai.models.list()).data.map(({ id }) => id)).toEqual(['sandbox-extractive-1', 'gpt-6-luna'])
  })
})

describe('the prompt cache', () => {
  const rules = 'Follow the rules. '.repeat(400)
  const request = (transcript: string, mode?: 'explicit') => ({
    model: 'sandbox-extractive-1',
    messages: [
      {
        role: 'developer',
        content: [{ type: 'text', text: rules, ...(mode && { prompt_cache_breakpoint: { mode } }) }],
      },
      { role: 'user', content: transcript },
    ],
    ...(mode && { prompt_cache_options: { mode } }),
  })

  test('is written once and then hit where a breakpoint ends the static part', async () => {
    const { send } = await openModel()
    const details = async (transcript: string) =>
      (await send(request(transcript, 'explicit'))).data.usage?.prompt_tokens_details
    expect(await details('[1] user: "a"')).toEqual({ cached_tokens: 0, cache_write_tokens: 1_800 })
    expect(await details('[1] user: "b"')).toEqual({ cached_tokens: 1_800, cache_write_tokens: 0 })
  })

  test('is written by every new transcript and never hit without a breakpoint', async () => {
    const { send, sandbox } = await openModel()
    for (const transcript of ['[1] user: "a"', '[1] user: "b"']) await send(request(transcript))
    expect(sandbox.admin.state().tokens).toMatchObject({ cached: 0, cacheWrite: 2 * 1_804 })
  })

  test('is not used at all in explicit mode without breakpoints', async () => {
    const { send, sandbox } = await openModel()
    await send({ ...REQUEST, prompt_cache_options: { mode: 'explicit' } })
    expect(sandbox.admin.state().tokens).toMatchObject({ cached: 0, cacheWrite: 0 })
  })
})
