import { afterAll, expect, test, vi } from 'vitest'
import { parseConfig } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import { doctor, kinds, startWorking } from '../../src/main/index.ts'
import { factsOf, shippedPrices } from '../../src/model/index.ts'
import { startModelSandbox } from '../../src/sandbox/index.ts'
import { openAppOn } from '../http/open-app.ts'
import { createWorld } from '../support/world.ts'

const router = await startModelSandbox({ apiKey: 'router-key', aliases: ['anthropic/claude-sonnet'] })
afterAll(() => router.close())

const world = await createWorld({
  AFTERWORD_PROVIDERS: 'router',
  AFTERWORD_PROVIDER_ROUTER_URL: router.url,
  AFTERWORD_PROVIDER_ROUTER_API_KEY: 'router-key',
  AFTERWORD_PROVIDER_ROUTER_PROFILE: 'openrouter',
  AFTERWORD_MODELS: 'gpt-4.1=sandbox-extractive-1,claude-4.6-sonnet=anthropic/claude-sonnet@router',
})
const { call } = await openAppOn(world)
const { db, models, actor } = world

const spoken = [
  { role: 'agent', content: 'Hello, how can I help?' },
  { role: 'user', content: 'I want to order a lamp.' },
]
for (const [agentId, model] of Object.entries({
  agent_gpt: 'gpt-4.1',
  agent_claude: 'claude-4.6-sonnet',
  agent_gemini: 'gemini-3.6-flash',
}))
  await world.useCases.saveDraft({ agentId, kind: 'call', body: { post_call_analysis_model: model }, actor })
const said = (call_id: string, agent_id: string) => ({
  call_id,
  agent_id,
  call_status: 'ended',
  transcript_object: spoken,
})
await world.take(
  said('call_gpt', 'agent_gpt'),
  said('call_claude', 'agent_claude'),
  said('call_gemini', 'agent_gemini'),
)

const asked = () => [models.admin.state().requests, router.admin.state().requests]
const attempts = () => db.selectFrom('attempts').select(['model', 'state', 'purpose']).orderBy('id').execute()

test('each model is asked at its provider, by its name there, and noted by the name in the table', async () => {
  expect((await call('PUT', '/rerun-call-analysis/call_gpt')).status).toBe(201)
  expect(asked()).toEqual([1, 0])
  // The stand-in answers 404 to a model it does not know.
  expect((await call('PUT', '/rerun-call-analysis/call_claude')).status).toBe(201)
  expect(asked()).toEqual([1, 1])
  expect(await attempts()).toEqual([
    { model: 'sandbox-extractive-1', state: 'ended', purpose: 'analysis' },
    { model: 'anthropic/claude-sonnet@router', state: 'ended', purpose: 'analysis' },
  ])
})

test('a name without an answer is told before anything is asked: rerun, plan and intake', async () => {
  const before = await attempts()
  const message = expect.stringContaining('no model answers for "gemini-3.6-flash"')
  const rerun = await call('PUT', '/rerun-call-analysis/call_gemini')
  expect([rerun.status, await rerun.json()]).toEqual([422, { status: 'error', message }])
  const plan = await call('POST', '/v1/backfills', { reason: 'x', filter: { agent: ['agent_gemini'] } })
  expect([plan.status, await plan.json()]).toMatchObject([422, { error: { code: 'model.unmapped', message } }])
  expect(await db.selectFrom('backfills').select('id').execute()).toEqual([])

  const line = JSON.stringify(said('call_new', 'agent_gemini'))
  await world.useCases.importConversations({ lines: [line], actor, reason: 'x', analyse: true })
  await startWorking(world)
  const parked = () => db.selectFrom('parked_analyses').select(['conversation_id', 'code', 'why']).execute()
  await vi.waitFor(async () => expect(await parked()).toHaveLength(1), { timeout: 10_000, interval: 50 })
  expect(await parked()).toEqual([{ conversation_id: 'call_new', code: 'model.unmapped', why: message }])
  expect(await attempts()).toEqual(before)
})

test('a plan of agents with models of two providers counts both', async () => {
  const filter = { agent: ['agent_gpt', 'agent_claude'] }
  const plan = await call('POST', '/v1/backfills', { reason: 'both', filter })
  expect([plan.status, await plan.json()]).toMatchObject([201, { estimate: { conversations: 2 } }])
})

test('the doctor asks each provider, and names its settings', async () => {
  const settings = { ...world.environment, AFTERWORD_PROVIDER_ROUTER_API_KEY: 'wrong' }
  const checks = await doctor(parseConfig(settings, kinds), createLog('error'))
  expect(checks.filter(({ name }) => name.startsWith('model '))).toMatchObject([
    { name: 'model sandbox-extractive-1', isRight: true, detail: expect.stringContaining(models.url) },
    {
      name: 'model anthropic/claude-sonnet@router',
      isRight: false,
      detail: expect.stringMatching(/\(openrouter\): .*check AFTERWORD_PROVIDER_ROUTER_API_KEY/),
    },
  ])
})

test('what is known of a model is known of it at a named provider too', () => {
  const known = factsOf(shippedPrices, 'gpt-6-luna')
  expect(known.price).not.toBeNull()
  expect(factsOf(shippedPrices, 'gpt-6-luna@router')).toEqual(known)
  expect(factsOf(new Map([['gpt-6-luna@router', { ...known, asOf: 'there' }]]), 'gpt-6-luna@router').asOf).toBe('there')
})

test.each([
  [{ AFTERWORD_PROVIDERS: 'router' }, 'AFTERWORD_PROVIDER_ROUTER_URL: is missing'],
  [{ AFTERWORD_PROVIDERS: 'Router' }, 'AFTERWORD_PROVIDERS: '],
  [{ AFTERWORD_PROVIDERS: 'router', AFTERWORD_PROVIDER_ROUTER_URL: 'x' }, 'AFTERWORD_PROVIDER_ROUTER_URL: '],
  [
    {
      AFTERWORD_PROVIDERS: 'router',
      AFTERWORD_PROVIDER_ROUTER_URL: 'http://x',
      AFTERWORD_PROVIDER_ROUTER_PROFILE: 'y',
    },
    'AFTERWORD_PROVIDER_ROUTER_PROFILE: ',
  ],
  [
    {
      AFTERWORD_PROVIDERS: 'router',
      AFTERWORD_PROVIDER_ROUTER_URL: 'http://x',
      AFTERWORD_MODELS: 'claude-4.6-sonnet=claude@ruoter',
    },
    'AFTERWORD_MODELS: claude-4.6-sonnet: no provider is called ruoter; AFTERWORD_PROVIDERS names router',
  ],
])('%j is refused with the name of the key', (env: Record<string, string>, message) => {
  expect(() => parseConfig(env, kinds)).toThrow(message)
})
