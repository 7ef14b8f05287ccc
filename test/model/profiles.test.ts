import { describe, expect, test } from 'vitest'
import { type ProfileName, parseConfig, type SchemaFormat } from '../../src/config.ts'
import { kinds } from '../../src/main/index.ts'
import { complete } from '../../src/model/client.ts'
import { type CompletionRequest, openModel, profileOf } from '../../src/model/index.ts'
import { answered, startScriptedServer } from './scripted-server.ts'

const server = await startScriptedServer()

const request: CompletionRequest = {
  model: 'gpt-6-luna',
  instructions: 'Rules.',
  input: '[1] user: "hello"',
  schema: { name: 'analysis', body: { type: 'object', properties: {}, required: [], additionalProperties: false } },
  cacheKey: 'abc',
  maxOutputTokens: 500,
}

function settingOf(text: string) {
  return parseConfig({ AFTERWORD_MODEL_PROFILE: text }, kinds).model.profile
}

/** What arrives at a server that is asked with this setting, and where. */
async function sentWith(setting: string | null, url = server.url) {
  server.play(answered)
  const profile = setting === null ? null : settingOf(setting)
  await complete({ model: openModel(profileOf({ url, apiKey: 'k', models: {}, profile, isSandbox: false })) }, request)
  return { body: server.requests[0] ?? {}, path: server.paths[0] }
}

const portable = ['max_tokens', 'messages', 'model', 'response_format']
const ofOpenAi = [
  ...['max_completion_tokens', 'messages', 'model', 'prompt_cache_key', 'prompt_cache_options'],
  ...['reasoning_effort', 'response_format', 'store', 'verbosity'],
]
const jsonSchema = {
  type: 'json_schema',
  json_schema: { name: 'analysis', strict: true, schema: request.schema.body },
}

const bodies: [ProfileName, string[], object | undefined, string][] = [
  ['openai', ofOpenAi, jsonSchema, 'developer'],
  ['azure', ['max_completion_tokens', 'messages', 'model', 'response_format'], jsonSchema, 'system'],
  ['openrouter', portable, jsonSchema, 'system'],
  ['groq', portable, { ...jsonSchema, json_schema: { ...jsonSchema.json_schema, strict: false } }, 'system'],
  ['deepseek', portable, { type: 'json_object' }, 'system'],
  ['ollama', ['max_tokens', 'messages', 'model'], undefined, 'system'],
  ['vllm', portable, jsonSchema, 'system'],
  ['lmstudio', portable, jsonSchema, 'system'],
  ['llamacpp', portable, jsonSchema, 'system'],
  ['generic', portable, jsonSchema, 'system'],
]

describe('what is sent', () => {
  test.each(bodies)('to %s: exactly these parameters', async (name, parameters, format, role) => {
    const { body, path } = await sentWith(name)
    expect(Object.keys(body).sort()).toEqual(parameters)
    expect(body.response_format).toEqual(format)
    expect(body.messages).toMatchObject([{ role }, { role: 'user', content: request.input }])
    expect(path).toBe('/v1/chat/completions')
  })

  test('to Azure goes below the path of its address', async () => {
    const url = `${new URL(server.url).origin}/openai/v1`
    expect((await sentWith('azure', url)).path).toBe('/openai/v1/chat/completions')
  })

  test('is the schema in words, where no parameter carries it: the static part says JSON and ends with it', async () => {
    for (const setting of ['deepseek', 'ollama']) {
      const { body } = await sentWith(setting)
      const [told] = body.messages as { content: string }[]
      expect(told?.content).toMatch(/^Rules\.\n[\s\S]*JSON[\s\S]*\n\{.*\}\n$/)
      expect(JSON.parse(told?.content.trim().split('\n').at(-1) ?? '')).toEqual(request.schema.body)
    }
  })

  test('follows single keys of the setting, over the profile it names or the one of the address', async () => {
    const odd = await sentWith(
      'openai,format=json_object,max_tokens=max_tokens,role=system,effort=no,cache=no,store=no',
    )
    expect(Object.keys(odd.body).sort()).toEqual(portable)
    expect(odd.body.response_format).toEqual({ type: 'json_object' })
    const alone = await sentWith('strict=no, store=yes')
    expect(alone.body).toMatchObject({ store: false, response_format: { json_schema: { strict: false } } })
  })

  test('to Responses is the same in its own words', async () => {
    const { body, path } = await sentWith('openai,endpoint=responses')
    expect(path).toBe('/v1/responses')
    expect(body).toEqual({
      model: 'gpt-6-luna',
      reasoning: { effort: 'none' },
      max_output_tokens: 500,
      store: false,
      prompt_cache_key: 'abc',
      prompt_cache_options: { mode: 'explicit' },
      text: {
        format: { type: 'json_schema', name: 'analysis', strict: true, schema: request.schema.body },
        verbosity: 'low',
      },
      input: [
        { role: 'developer', content: [{ type: 'input_text', text: 'Rules.' }] },
        { role: 'user', content: request.input },
      ],
    })
  })
})

test.each<[string, ProfileName, SchemaFormat]>([
  ['https://api.openai.com/v1', 'openai', 'json_schema'],
  ['https://eu.api.openai.com/v1', 'openai', 'json_schema'],
  ['https://acme.openai.azure.com/openai/v1', 'azure', 'json_schema'],
  ['https://openrouter.ai/api/v1', 'openrouter', 'json_schema'],
  ['https://api.groq.com/openai/v1', 'groq', 'json_schema'],
  ['https://api.deepseek.com', 'deepseek', 'json_object'],
  ['http://localhost:11434/v1', 'ollama', 'prompt'],
  ['http://localhost:1234/v1', 'generic', 'json_schema'],
  ['https://notapi.openai.com.example/v1', 'generic', 'json_schema'],
  ['https://evilapi.openai.com/v1', 'generic', 'json_schema'],
])('%s is %s', (url, name, format) => {
  expect(profileOf({ url, apiKey: null, models: {}, isSandbox: false })).toMatchObject({ name, format })
})

test('a profile that the setting names goes above the address; a setting without a name keeps that of the address', () => {
  const at = (text: string) =>
    profileOf({ url: 'https://api.groq.com/v1', apiKey: null, models: {}, profile: settingOf(text), isSandbox: false })
  expect(at('vllm')).toMatchObject({ name: 'vllm', strict: true })
  expect(at('format=prompt')).toMatchObject({ name: 'groq', format: 'prompt', strict: false })
})

test.each([
  ['openia', 'must begin with one of openai, azure,'],
  ['openai,groq', 'must begin with one of'],
  ['format=prompt=json', 'must be pairs of the form key=value'],
  ['format=xml', 'format: must be one of json_schema, json_object, prompt'],
  ['vllm,effort=maybe', 'effort: must be yes or no'],
  ['temperature=1', 'knows only endpoint, format, strict, shows_schema, max_tokens, role, effort, cache, store, flex'],
])('AFTERWORD_MODEL_PROFILE=%s is refused, and says what would be right', (text, message) => {
  expect(() => settingOf(text)).toThrow(
    expect.objectContaining({ code: 'config.invalid', message: expect.stringContaining(message) }),
  )
})
