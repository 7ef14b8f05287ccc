import { LLMock } from '@copilotkit/aimock'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { goOnWithParked } from '../../src/backfill/index.ts'
import { AppError } from '../../src/errors.ts'
import { planOf, workOn } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { forgetProvider } from '../support/forget-provider.ts'
import { ask, plan } from '../support/items.ts'
import { createWorld } from '../support/world.ts'

// A model API by others: it answers what its fixtures say and validates nothing. It cannot refuse: `refusal` is always null there.
// Its 429s name a limit of 60 requests a minute, which is kept to from then on: what meets one has few conversations.
const mock = new LLMock({ journalMaxEntries: 0 })
await mock.start()
afterAll(() => mock.stop())

const world = await createWorld({
  OPENAI_BASE_URL: `${mock.url}/v1`,
  AFTERWORD_MODELS: '*=gpt-6-luna',
  AFTERWORD_LOG_LEVEL: 'silent',
})
const { db, useCases, actor, model } = world
model.pace.backoffMs = 1
await ask(world, plan)

type Schema = { properties?: Record<string, Schema>; anyOf?: Schema[]; enum?: unknown[] }

/** What a model says that found the plan, and nothing else. */
function answerTo(request: unknown, wanted = 'Pro'): string {
  const { response_format: format } = request as { response_format: { json_schema: { schema: Schema } } }
  const fields = Object.entries(format.json_schema.schema.properties ?? {}).map(([key, { properties }]) => {
    const isPlan = properties?.value?.anyOf?.some((one) => one.enum?.includes('Pro')) ?? false
    const found = { evidence: [{ turn: 1, quote: 'I want the Pro plan' }], status: 'found', value: wanted }
    return [key, isPlan ? found : { evidence: [], status: 'not_mentioned', value: null }]
  })
  return JSON.stringify(Object.fromEntries(fields))
}
const usage = { prompt_tokens: 1_000, completion_tokens: 100 }

beforeEach(async () => {
  await forgetProvider(world)
  await db.updateTable('analyses').set({ attempt_id: null }).execute()
  await db.deleteFrom('attempts').execute()
  mock.reset()
  const error = (message: string, type: string, code: string) => ({ status: 429, error: { message, type, code } })
  mock.onMessage(/case length/, (request) => ({
    content: answerTo(request).slice(0, 40),
    finishReason: 'length',
    usage,
  }))
  mock.onMessage(/case enum/, (request) => ({ content: answerTo(request, 'Gold'), usage }))
  const prose = { content: 'Sure! Here is the JSON: {', usage }
  // Also when it is asked to repair that: then the last message is another one.
  mock.on({ predicate: ({ messages }) => JSON.stringify(messages).includes('case prose') }, prose)
  mock.onMessage(/case once/, prose)
  mock.onMessage(/case filter/, { content: '', finishReason: 'content_filter', usage })
  mock.onMessage(/case silence/, { content: '', usage })
  mock.onMessage(/case credit/, error('You have run out.', 'insufficient_quota', 'credit_balance_exhausted'))
  mock.onMessage(/case busy/, { ...error('Slow down.', 'requests', 'rate_limit_exceeded'), retryAfter: 600 })
  mock.onMessage(/./, (request) => ({ content: answerTo(request), usage }))
})
afterEach(() => mock.clearChaos())

let calls = 0
async function newCalls(count: number, text = ''): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, n) => `call ${calls + n}`)
  calls += count
  await world.take(
    ...ids.map((id) => call({ id, at: '2025-04-10T10:00:00Z', turns: [`I want the Pro plan. ${text}`] })),
  )
  return ids
}

async function newCall(text = ''): Promise<string> {
  return (await newCalls(1, text))[0] ?? ''
}

function rerun(conversationId: string) {
  return useCases.rerunConversation({ conversationId, actor, reason: 'test' })
}

/** Every request that came in was an attempt, and every attempt has ended. */
async function expectNothingRepeated() {
  const attempts = await db.selectFrom('attempts').select(['state', 'outcome']).execute()
  expect(mock.getRequests()).toHaveLength(attempts.length)
  expect(attempts.filter(({ state }) => state !== 'ended')).toEqual([])
}

describe('one answer', () => {
  test.each([
    ['', 'ok', { value: 'Pro', status: 'found' }],
    ['case enum', 'ok', { value: null, status: 'invalid' }],
    ['case length', 'truncated', undefined],
    ['case prose', 'invalid', undefined],
    ['case once', 'ok', { value: 'Pro', status: 'found' }],
    ['case filter', 'filtered', undefined],
    ['case silence', 'empty', undefined],
  ])('%j ends as %s', async (text, outcome, field) => {
    const result = await rerun(await newCall(text))
    expect(result).toMatchObject({ outcome })
    if (field) expect(result.fields?.plan).toMatchObject(field)
    await expectNothingRepeated()
    expect(mock.getRequests().length).toBeGreaterThanOrEqual(1)
  })

  test('a rate limit of ten minutes is told at once, and the next call is not sent', async () => {
    await expect(rerun(await newCall('case busy'))).rejects.toMatchObject({ code: 'model.rate_limited' })
    await expect(rerun(await newCall())).rejects.toMatchObject({ code: 'model.rate_limited', recovery: 'retry' })
    expect(mock.getRequests()).toHaveLength(1)
    await expectNothingRepeated()
  })
})

/** Works on a backfill as its queue does: what passes is taken up again, as often as a job is. */
async function workOnAsAJob(backfillId: number): Promise<void> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await workOn(world, backfillId)
    } catch (error) {
      if (failures === 10 || !(error instanceof AppError && error.recovery === 'retry')) throw error
    }
  }
}

async function startedOver(ids: string[], concurrency: number): Promise<number> {
  const id = await planOf(world, ...ids)
  await db.updateTable('backfills').set({ concurrency }).where('id', '=', id).execute()
  await useCases.startBackfill({ id, actor })
  return id
}

test.each([
  ['a rerun is answered', 5],
  ['it is paused and resumed', 4],
] as const)('out of credit parks a backfill; once %s it goes on, and nothing is asked twice', async (how, requests) => {
  const ids = await newCalls(3)
  const id = await startedOver(ids, 3)
  const noCredit = await newCall('case credit')
  await expect(rerun(noCredit)).rejects.toMatchObject({ code: 'model.quota' })
  await workOnAsAJob(id)
  expect(mock.getRequests()).toHaveLength(1)
  expect(await useCases.backfillStatus(id)).toMatchObject({
    backfill: { state: 'running', parked: { needsUsd: null, why: expect.stringContaining('no credit left') } },
    items: { done: 0, open: 3 },
  })
  await goOnWithParked(world)
  expect((await useCases.backfillStatus(id)).backfill.parked).not.toBeNull()

  if (how === 'a rerun is answered') {
    await db
      .updateTable('provider_pauses')
      .set({ asked_at: new Date(Date.now() - 20_000) })
      .execute()
    expect(await rerun(await newCall())).toMatchObject({ outcome: 'ok' })
    await goOnWithParked(world)
  } else {
    await useCases.pauseBackfill({ id, actor })
    await useCases.resumeBackfill({ id, actor })
  }
  await workOnAsAJob(id)
  expect(await useCases.backfillStatus(id)).toMatchObject({
    backfill: { state: 'done', parked: null },
    items: { done: 3, outcomes: { ok: 3 } },
  })
  expect(mock.getRequests()).toHaveLength(requests)
  await expectNothingRepeated()
})

describe('in chaos each conversation ends in one outcome, and no request is made that is no attempt', () => {
  test.each([
    [54, { dropRate: 0.15, malformedRate: 0.15, disconnectRate: 0.15 }],
    [6, { rateLimitRate: 0.4 }],
  ])('%i conversations, %j', { timeout: 90_000 }, async (count, chaos) => {
    const ids = await newCalls(count)
    mock.setChaos(chaos)
    const id = await startedOver(ids, 8)
    await workOnAsAJob(id)
    const { backfill, items } = await useCases.backfillStatus(id)
    expect(backfill.state).toBe('done')
    const { ok = 0, transport = 0, ...others } = items.outcomes
    expect(items).toMatchObject({ done: count, open: 0, claimed: 0 })
    expect({ others, all: ok + transport }).toEqual({ others: {}, all: count })
    expect(ok).toBeGreaterThan(count * 0.75)
    const analyses = db.selectFrom('analyses').select('conversation_id').where('run_id', '=', backfill.runId)
    const analysed = (await analyses.execute()).map((row) => row.conversation_id)
    expect(analysed.sort()).toEqual(ids.toSorted())
    await expectNothingRepeated()
    const troubled = mock.getRequests().filter(({ response }) => response.chaosAction !== undefined)
    expect(mock.getRequests().length - troubled.length).toBe(ok)
    if (count > 10) expect(new Set(troubled.map(({ response }) => response.chaosAction)).size).toBe(3)
    // Of what broke off nobody knows what it cost, and it stays reserved; what was refused, or failed by its own word, costs nothing.
    const attempts = await db.selectFrom('attempts').select(['outcome', 'cost_usd']).execute()
    const lost = troubled.filter(({ response }) => /malformed|disconnect/.test(response.chaosAction ?? ''))
    expect(attempts.filter(({ cost_usd }) => cost_usd === null)).toHaveLength(lost.length)
  })
})
