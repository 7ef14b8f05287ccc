import { beforeEach, expect, onTestFinished, test } from 'vitest'
import type { Log } from '../../src/log.ts'
import { askModel, endAttempts, openModel, profileOf } from '../../src/model/index.ts'
import { startModelSandbox } from '../../src/sandbox/model/index.ts'
import { createTestDatabase } from '../support/database.ts'
import { limitsOf, spender } from '../support/spender.ts'
import { answered, modelAt, startScriptedServer } from './scripted-server.ts'

const { db } = await createTestDatabase()
const runId = await spender(db, limitsOf()).run()
const name = 'sandbox-extractive-1'
const scripted = await startScriptedServer()

const request = {
  model: name,
  instructions: 'Say what was said.',
  input: '[1] user: "My budget is 1500 dollars."',
  schema: {
    name: 'analysis',
    body: {
      type: 'object',
      properties: { f01: { type: 'string', enum: ['a', 'b'] } },
      required: ['f01'],
      additionalProperties: false,
    },
  },
  cacheKey: 'abc',
  maxOutputTokens: 1_000,
}
const call = { purpose: 'analysis', conversationId: null, runId, request } as const

beforeEach(async () => {
  await db.deleteFrom('attempts').execute()
})

type Manners = NonNullable<Parameters<typeof startModelSandbox>[0]['manners']>

/** A model of these manners, and what was said of it in the log. */
async function openAt(manners: Manners, endpoint: 'chat' | 'responses' = 'chat') {
  const sandbox = await startModelSandbox({ manners })
  onTestFinished(() => sandbox.close())
  const warnings: object[] = []
  const silent = () => undefined
  const log: Log = { debug: silent, info: silent, error: silent, warn: (fields) => warnings.push(fields) }
  const profile = profileOf({
    url: sandbox.url,
    apiKey: 'sandbox-model',
    models: {},
    profile: { name: null, keys: { endpoint } },
    isSandbox: true,
  })
  return {
    deps: { db, now: () => new Date(), model: openModel(profile, { backoffMs: 1 }, { limits: limitsOf(), log }) },
    sandbox,
    warnings,
  }
}

async function attempts() {
  return db.selectFrom('attempts').select(['state', 'outcome', 'cost_usd']).orderBy('id').execute()
}

const refused = { state: 'ended', outcome: 'model.format_refused', cost_usd: 0 }
const open = { state: 'started', outcome: null, cost_usd: null }

test.each([
  ['chat', ['json_schema'], [refused, open]],
  ['chat', ['json_schema', 'json_object'], [refused, refused, open]],
  ['responses', ['json_schema'], [refused, open]],
  ['responses', ['json_schema', 'json_object'], [refused, refused, open]],
] as const)(
  'over %s, a refusal of %j gives way to the next format: every refused call is an attempt that cost nothing',
  async (endpoint, refuses, noted) => {
    const { deps, sandbox, warnings } = await openAt({ refuses }, endpoint)
    const { completion, attempt } = await askModel(deps, call)
    expect(completion).toMatchObject({ outcome: 'ok', text: '{"f01":"a"}' })
    expect(await attempts()).toEqual(noted)
    await endAttempts(db, [{ ...attempt, outcome: 'ok' }])
    await askModel(deps, call)
    expect(sandbox.admin.state().requests).toBe(noted.length + 1)
    expect(warnings).toHaveLength(refuses.length)
    expect(warnings[0]).toEqual({ model: name, profile: 'openai', refused: 'json_schema', instead: 'json_object' })
  },
)

test('twenty calls that are refused at once give up one format, once, and all are answered', async () => {
  const { deps, sandbox, warnings } = await openAt({ refuses: ['json_schema'] })
  sandbox.admin.set({ latencyMs: 50 })
  const asked = await Promise.all(Array.from({ length: 20 }, () => askModel(deps, call)))
  expect(asked.map(({ completion }) => completion.text)).toEqual(Array(20).fill('{"f01":"a"}'))
  expect(warnings).toHaveLength(1)
  expect(sandbox.admin.state()).toMatchObject({ requests: 40, outcomes: { rejected: 20, answered: 20 } })
})

function error(status: number, message: unknown, code: string | null = null) {
  return { status, body: { error: typeof message === 'string' ? { message, code, type: null, param: null } : message } }
}

test.each([
  ['DeepSeek', error(400, 'This response_format type is unavailable now', 'invalid_request_error')],
  [
    'DeepSeek, as a 422',
    error(422, 'response_format: response_format.type `json_schema` is unavailable now at line 1'),
  ],
  ['LM Studio', { status: 400, body: { error: "'response_format.type' must be 'json_schema' or 'text'" } }],
  ['llama.cpp', error(400, 'Either "json_schema" or "grammar" can be specified, but not both')],
  ['Groq', error(400, 'This model does not support response format `json_schema`.')],
])('the words of %s are read as a refusal of the format', async (_, refusal) => {
  scripted.play(refusal, answered)
  const { completion } = await askModel({ db, now: () => new Date(), model: modelAt(scripted.url) }, call)
  expect(completion.outcome).toBe('ok')
  expect(scripted.requests.map(({ response_format }) => response_format)).toMatchObject([
    { type: 'json_schema' },
    { type: 'json_object' },
  ])
})

test('another model of the same provider keeps its format', async () => {
  scripted.play(error(400, 'This response_format type is unavailable now'), answered)
  const deps = { db, now: () => new Date(), model: modelAt(scripted.url) }
  for (const model of ['one', 'one', 'another']) await askModel(deps, { ...call, request: { ...request, model } })
  expect(scripted.requests.map(({ model, response_format }) => [model, response_format])).toMatchObject([
    ['one', { type: 'json_schema' }],
    ['one', { type: 'json_object' }],
    ['one', { type: 'json_object' }],
    ['another', { type: 'json_schema' }],
  ])
})

test.each([
  ['a schema that is wrong', error(400, "Invalid schema for response_format 'analysis': 'allOf' is not permitted.")],
  ['the same by its code', error(400, 'In response_format: no.', 'invalid_json_schema')],
  ['any other 400', error(400, "Unsupported parameter: 'max_tokens'.", 'unsupported_parameter')],
])('%s is wrong in every format: the work stops', async (_, refusal) => {
  scripted.play(refusal)
  const asked = askModel({ db, now: () => new Date(), model: modelAt(scripted.url) }, call)
  await expect(asked).rejects.toMatchObject({ code: 'model.rejected', recovery: 'stop' })
  expect(scripted.requests).toHaveLength(1)
})

test('a server that refuses whatever it is sent is asked in three formats, and then stops the work', async () => {
  scripted.play(error(400, 'No response_format please.'))
  const asked = askModel({ db, now: () => new Date(), model: modelAt(scripted.url) }, call)
  await expect(asked).rejects.toMatchObject({ code: 'model.format_refused', recovery: 'stop' })
  expect(scripted.requests.map((body) => 'response_format' in body)).toEqual([true, true, false])
  expect(await attempts()).toEqual([refused, refused, refused])
})

test('an answer that Groq itself found to break the schema is invalid, for this conversation only, and may have been billed', async () => {
  scripted.play(error(400, "Failed to generate JSON. See 'failed_generation'.", 'json_validate_failed'))
  const { completion, attempt } = await askModel({ db, now: () => new Date(), model: modelAt(scripted.url) }, call)
  expect(completion).toMatchObject({ outcome: 'invalid', reason: 'json_validate_failed' })
  expect(attempt.costUsd).toBeNull()
})
