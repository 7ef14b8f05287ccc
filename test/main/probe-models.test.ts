import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { parseConfig } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import { doctor, kinds } from '../../src/main/index.ts'
import { type FaultOrder, startModelSandbox } from '../../src/sandbox/model/index.ts'
import { closedPort, startScriptedServer } from '../model/scripted-server.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld()
const { environment, db } = world
const scripted = await startScriptedServer()
const key = 'sandbox-model'
const name = 'sandbox-extractive-1'

beforeEach(async () => {
  await db.deleteFrom('attempts').execute()
})

/** What doctor says of the models of these settings. */
async function modelsWith(settings: Record<string, string>) {
  const config = parseConfig({ ...environment, OPENAI_API_KEY: key, AFTERWORD_MODELS: `*=${name}`, ...settings }, kinds)
  const checks = await doctor(config, createLog('error'))
  return checks.filter((check) => check.name.startsWith('model'))
}

async function sandboxWith(options: Parameters<typeof startModelSandbox>[0], fault?: FaultOrder) {
  const sandbox = await startModelSandbox(options)
  onTestFinished(() => sandbox.close())
  if (fault) sandbox.admin.fault(fault)
  return { sandbox, url: sandbox.url }
}

async function attempts() {
  return db.selectFrom('attempts').select(['purpose', 'run_id', 'state', 'outcome']).orderBy('id').execute()
}
const noted = (outcome: string) => ({ purpose: 'probe', run_id: null, state: 'ended', outcome })

test.each(['openai', 'openai,endpoint=responses', 'ollama', 'deepseek'])(
  'a model that keeps to the schema is right, asked as %s: two calls, noted as probes, for under a cent',
  async (profile) => {
    const { sandbox, url } = await sandboxWith({})
    const [check, ...more] = await modelsWith({ OPENAI_BASE_URL: url, AFTERWORD_MODEL_PROFILE: profile })
    expect(more).toEqual([])
    expect(check).toMatchObject({ name: `model ${name}`, isRight: true })
    const [, calls, usd] = /keeps to a schema told as \w+ \((\d) calls, \$(0\.\d+)\)$/.exec(check?.detail ?? '') ?? []
    expect(calls).toBe('2')
    expect(Number(usd)).toBeGreaterThan(0)
    expect(Number(usd)).toBeLessThan(0.01)
    expect(sandbox.admin.state().requests).toBe(2)
    expect(await attempts()).toEqual([noted('ok'), noted('ok')])
  },
)

test('every model that may answer is asked, each once however often it is named', async () => {
  const { url } = await sandboxWith({ aliases: ['gpt-6-luna'] })
  const AFTERWORD_MODELS = `gpt-4.1=gpt-6-luna,merge=gpt-6-luna,*=${name}`
  const checks = await modelsWith({ OPENAI_BASE_URL: url, AFTERWORD_MODELS })
  expect(checks).toMatchObject([
    { name: 'model gpt-6-luna', isRight: true },
    { name: `model ${name}`, isRight: true },
  ])
})

test('a server that drops the schema in silence is wrong, and the way that works is named', async () => {
  const { url } = await sandboxWith({ manners: { dropsFormat: true } })
  expect(await modelsWith({ OPENAI_BASE_URL: url, AFTERWORD_MODEL_PROFILE: 'vllm' })).toEqual([
    {
      name: `model ${name}`,
      isRight: false,
      detail: expect.stringMatching(
        /\(vllm\): answers, but ignores a schema told as json_schema; keeps to a schema told as json_object .*; add format=json_object to AFTERWORD_MODEL_PROFILE$/,
      ),
    },
  ])
  expect(await attempts()).toEqual([noted('invalid'), noted('ok'), noted('ok')])
  const followed = await modelsWith({ OPENAI_BASE_URL: url, AFTERWORD_MODEL_PROFILE: 'vllm,format=json_object' })
  expect(followed).toMatchObject([{ isRight: true }])
})

function said(word: string) {
  return { choices: [{ finish_reason: 'stop', message: { content: JSON.stringify({ word }) } }] }
}

type Asked = {
  response_format?: { json_schema?: { schema: ProbeSchema } }
  messages: { content: string }[]
}
type ProbeSchema = { properties: { word: { enum: string[] } } }

/** The first word of the schema that a request tells, in its own parameter or at the end of the instructions. */
function firstWord({ response_format, messages }: Asked): string {
  const told = () => JSON.parse(messages[0]?.content.trim().split('\n').at(-1) ?? '')
  const schema: ProbeSchema = response_format?.json_schema?.schema ?? told()
  return schema.properties.word.enum[0] ?? ''
}

test('a model that keeps to no schema at all is wrong, after one call in every format', async () => {
  scripted.play({ body: said('cat') })
  const [check] = await modelsWith({ OPENAI_BASE_URL: scripted.url })
  expect(check).toMatchObject({ isRight: false, detail: expect.stringContaining('keeps to none') })
  expect(scripted.requests).toHaveLength(3)
})

test('an answer that fits once is no proof: the second call has other words', async () => {
  let first = ''
  const sayAlways = (request: Asked) => {
    first ||= firstWord(request)
    return said(first)
  }
  scripted.play({ body: sayAlways })
  const [check] = await modelsWith({ OPENAI_BASE_URL: scripted.url })
  expect(check).toMatchObject({
    isRight: false,
    detail: expect.stringContaining('ignores a schema told as json_schema'),
  })
  expect(scripted.requests).toHaveLength(4)
})

test('a provider that refuses one format and drops the next in silence is wrong, and told the one that works', async () => {
  const refusal = { status: 400, body: { error: 'response_format: no json_schema here' } }
  scripted.play(refusal, { body: said('cat') }, { body: (request: Asked) => said(firstWord(request)) })
  const [check] = await modelsWith({ OPENAI_BASE_URL: scripted.url })
  expect(check?.isRight).toBe(false)
  expect(check?.detail).toMatch(
    /refuses json_schema; answers, but ignores a schema told as json_object; keeps to a schema told as prompt \(4 calls\); add format=prompt to AFTERWORD_MODEL_PROFILE$/,
  )
})

test.each([
  [['json_schema'], 'refuses json_schema; keeps to a schema told as json_object'],
  [['json_schema', 'json_object'], 'refuses json_schema, json_object; keeps to a schema told as prompt'],
] as const)('a provider that refuses %j is right: the next format takes its place by itself', async (refuses, said) => {
  const { url } = await sandboxWith({ manners: { refuses } })
  const [check] = await modelsWith({ OPENAI_BASE_URL: url })
  expect(check?.isRight).toBe(true)
  expect(check?.detail).toContain(said)
  expect(check?.detail).toMatch(/add format=\w+ to AFTERWORD_MODEL_PROFILE to save the refused calls$/)
})

test('what stands in the way is told apart, each with what to do', async () => {
  const { url } = await sandboxWith({})
  const at = async (settings: Record<string, string>) => {
    const [check] = await modelsWith({ OPENAI_BASE_URL: url, ...settings })
    expect(check?.isRight).toBe(false)
    return check?.detail
  }
  expect(await at({ OPENAI_API_KEY: 'wrong' })).toMatch(/does not accept the key: check OPENAI_API_KEY$/)
  expect(await at({ AFTERWORD_MODELS: '*=gpt-9' })).toMatch(/has no gpt-9 at this address: check AFTERWORD_MODELS/)
  expect(await at({ OPENAI_BASE_URL: `http://127.0.0.1:${await closedPort()}/v1` })).toMatch(
    /does not answer \(ECONNREFUSED\): check OPENAI_BASE_URL/,
  )
  const broke = await sandboxWith({}, { kind: 'insufficient_quota' })
  expect(await at({ OPENAI_BASE_URL: broke.url })).toMatch(
    /has no credit left for this key \(since .*; it is asked again at .*: add credit there/,
  )
  const busy = await sandboxWith({}, { kind: 'status', status: 429, retryAfterSeconds: 600 })
  expect(await at({ OPENAI_BASE_URL: busy.url })).toMatch(/asks to slow down .*: try again in a while$/)
  const shy = await sandboxWith({}, { kind: 'refuse' })
  expect(await at({ OPENAI_BASE_URL: shy.url })).toMatch(/gives no answer to a plain question \(refused\)/)
})

test('without a key nobody asks OpenAI', async () => {
  expect(await modelsWith({ OPENAI_API_KEY: '', OPENAI_BASE_URL: '' })).toEqual([
    { name: 'model', isRight: false, detail: 'OPENAI_API_KEY is missing' },
  ])
  expect(await attempts()).toEqual([])
})
