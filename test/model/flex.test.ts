import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { askModel, costUsd, endAttempts, openModel, profileOf, shippedPrices } from '../../src/model/index.ts'
import { startModelSandbox } from '../../src/sandbox/model/index.ts'
import { createTestDatabase } from '../support/database.ts'
import { budgetsOf, limitsOf, perDay, spender } from '../support/spender.ts'
import { answered, startScriptedServer } from './scripted-server.ts'

const { db } = await createTestDatabase()
const luna = 'gpt-6-luna'
const sandbox = await startModelSandbox({ aliases: [luna] })
afterAll(() => sandbox.close())
const scripted = await startScriptedServer()
const { run } = spender(db, limitsOf())
const runId = await run()

const body = {
  type: 'object',
  properties: { f01: { type: ['string', 'null'] } },
  required: ['f01'],
  additionalProperties: false,
}
const request = {
  model: luna,
  instructions: 'Say what was said, as JSON. '.repeat(150),
  input: '[1] user: "Hallo"',
  schema: { name: 'analysis', body },
  cacheKey: 'abc',
  maxOutputTokens: 1_000,
}
const call = { purpose: 'analysis', conversationId: null, runId, request } as const

beforeEach(async () => {
  sandbox.admin.reset()
  sandbox.admin.set({ latencyMs: 0, flexLatencyMs: 0 })
  await db.deleteFrom('attempts').execute()
  await db.deleteFrom('budgets').execute()
})

function openAt(url: string, keys: object = {}, pace: object = {}) {
  const profile = profileOf({
    url,
    apiKey: 'sandbox-model',
    models: { '*': luna },
    profile: { name: 'openai', keys },
    isSandbox: true,
  })
  const limits = limitsOf({ installation: perDay(1) })
  return { db, now: () => new Date(), model: openModel(profile, { backoffMs: 1, ...pace }, { limits }) }
}

function attempts() {
  return db
    .selectFrom('attempts')
    .select(['tier', 'outcome', 'reserved_usd', 'cost_usd', 'input_tokens'])
    .orderBy('id')
    .execute()
}

/** What the journal of the stand-in bills at the standard price. */
function standardUsd(): number {
  const { prompt: inputTokens, completion: outputTokens, cached, cacheWrite } = sandbox.admin.state().tokens
  const usage = { inputTokens, outputTokens, cachedTokens: cached, cacheWriteTokens: cacheWrite }
  return costUsd(shippedPrices, usage, luna) ?? 0
}

describe.each(['chat', 'responses'] as const)('flex by %s', (endpoint) => {
  test('is asked for, costs half, and reserves the standard price', async () => {
    const deps = openAt(sandbox.url, { endpoint })
    const { attempt } = await askModel(deps, call, { tier: 'flex' })
    const standard = await askModel(deps, call)
    expect(sandbox.admin.state().last.map(({ serviceTier }) => serviceTier)).toEqual(['flex', 'default'])
    await endAttempts(db, [
      { ...attempt, outcome: 'ok' },
      { ...standard.attempt, outcome: 'ok' },
    ])
    const [flex, other] = await attempts()
    expect([flex?.tier, other?.tier]).toEqual(['flex', 'standard'])
    expect(2 * (flex?.cost_usd ?? 0) + (other?.cost_usd ?? 0)).toBeCloseTo(standardUsd(), 7)
    // Only the words that ask for flex are more.
    expect(flex?.reserved_usd).toBeGreaterThanOrEqual(other?.reserved_usd ?? 0)
    const day = (await budgetsOf(db)).find(({ period }) => period === 'day')
    expect(day).toMatchObject({ reserved_usd: 0 })
    expect(day?.spent_usd).toBeCloseTo((flex?.cost_usd ?? 0) + (other?.cost_usd ?? 0), 7)
  })

  test('that was served as any other costs as much, and its attempt says so', async () => {
    sandbox.admin.fault({ kind: 'not_flex' })
    const { attempt } = await askModel(openAt(sandbox.url, { endpoint }), call, { tier: 'flex' })
    await endAttempts(db, [{ ...attempt, outcome: 'ok' }])
    expect(await attempts()).toMatchObject([{ tier: 'standard', outcome: 'ok' }])
    expect(attempt.costUsd).toBeCloseTo(standardUsd(), 10)
  })

  test('for which there is no room is told at once, is not paid for, and holds up nobody else', async () => {
    const deps = openAt(sandbox.url, { endpoint })
    sandbox.admin.fault({ kind: 'resource_unavailable' })
    await expect(askModel(deps, call, { tier: 'flex' })).rejects.toMatchObject({
      code: 'model.unavailable',
      recovery: 'retry',
    })
    expect(await attempts()).toMatchObject([{ tier: 'flex', outcome: 'model.unavailable', cost_usd: 0 }])
    const held = db.selectFrom('buckets').select('bucket').where('not_before', '>', new Date())
    expect(await held.execute()).toEqual([])
    expect((await budgetsOf(db)).find(({ period }) => period === 'day')).toMatchObject({
      reserved_usd: 0,
      spent_usd: 0,
    })
  })

  test('of a model that has none stops, and says so', async () => {
    const azure = await startModelSandbox({ aliases: [luna], manners: { lacksFlex: true } })
    try {
      const asked = askModel(openAt(azure.url, { endpoint }), call, { tier: 'flex' })
      await expect(asked).rejects.toMatchObject({
        code: 'model.no_flex',
        recovery: 'stop',
        message: `the model provider has no flex tier for ${luna}`,
      })
    } finally {
      await azure.close()
    }
  })
})

test('an answer that names no tier is charged as standard', async () => {
  scripted.play(answered)
  const { attempt } = await askModel(openAt(scripted.url), call, { tier: 'flex' })
  expect(attempt).toMatchObject({ tier: 'standard', costUsd: (10 * 0.1 + 2 * 0.5) / 1_000_000 })
})

test('has a deadline of its own, of a quarter of an hour', async () => {
  const { model } = openAt(sandbox.url)
  expect(model.pace).toMatchObject({ deadlineMs: 90_000, flexDeadlineMs: 900_000 })
  expect(model.flex.openai.timeout).toBeGreaterThan(900_000)
  sandbox.admin.set({ latencyMs: 150 })
  const short = openAt(sandbox.url, {}, { deadlineMs: 20 })
  const flex = await askModel(short, call, { tier: 'flex' })
  expect(flex.completion.outcome).toBe('ok')
  expect((await askModel(short, call)).completion).toMatchObject({ outcome: 'transport', reason: 'TimeoutError' })
})

test('takes no room from the others: while long calls of it are under way, they go', async () => {
  const deps = openAt(sandbox.url)
  sandbox.admin.set({ flexLatencyMs: 1_000 })
  const long = Array.from({ length: 4 }, () => askModel(deps, call, { tier: 'flex' }))
  await expect.poll(() => sandbox.admin.state().inFlight).toBe(4)
  // One refused for its rate halves what may be in flight, of its own kind alone.
  sandbox.admin.fault({ kind: 'status', status: 429, retryAfterSeconds: 0 })
  await askModel(deps, call)
  await askModel(deps, call)
  expect(sandbox.admin.state().inFlight).toBe(4)
  await Promise.all(long)
})

test.each([
  { delivery: 'drop', reason: /aborted|ECONNRESET|terminated/ },
  { delivery: 'stall', reason: /TimeoutError/ },
] as const)('an answer that breaks off ($delivery) is one of transport', async ({ delivery, reason }) => {
  scripted.play({ ...answered, delivery })
  const deps = openAt(scripted.url, {}, { flexDeadlineMs: 100 })
  const { completion } = await askModel(deps, call, { tier: 'flex' })
  expect(completion).toMatchObject({ outcome: 'transport', reason: expect.stringMatching(reason), isMetered: false })
})

test('an abort breaks a call off', async () => {
  sandbox.admin.set({ flexLatencyMs: 5_000 })
  const stop = new AbortController()
  const asked = askModel(openAt(sandbox.url), call, { tier: 'flex', signal: stop.signal })
  await expect.poll(() => sandbox.admin.state().inFlight).toBe(1)
  stop.abort(new Error('enough'))
  await expect(asked).rejects.toThrow('enough')
})
