import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { askModel, costUsd, endAttempts, openModel, profileOf, shippedPrices } from '../../src/model/index.ts'
import { startModelSandbox } from '../../src/sandbox/model/index.ts'
import { createTestDatabase } from '../support/database.ts'
import { budgetsOf, limitsOf, perDay, spender } from '../support/spender.ts'
import { answered, modelAt, startScriptedServer } from './scripted-server.ts'

const { db } = await createTestDatabase()
// Dear enough to spend a dollar in a few dozen calls.
const dear = 'gpt-6-astra'
const sandbox = await startModelSandbox({ aliases: [dear] })
afterAll(() => sandbox.close())
const scripted = await startScriptedServer()

const schema = {
  type: 'object',
  properties: { f01: { type: ['string', 'null'] } },
  required: ['f01'],
  additionalProperties: false,
}
const request = {
  model: dear,
  instructions: 'Say what was said. '.repeat(150),
  input: '[1] user: "Hallo \\"du\\" 👋"',
  schema: { name: 'analysis', body: schema },
  cacheKey: 'abc',
  maxOutputTokens: 1_000,
}

beforeEach(async () => {
  sandbox.admin.reset()
  sandbox.admin.set({ latencyMs: 0 })
  await db.deleteFrom('attempts').execute()
  await db.deleteFrom('budgets').execute()
})

function openAt(url: string, usdPerDay: number | null, pace: object = {}) {
  const profile = profileOf({ url, apiKey: 'sandbox-model', models: { '*': dear }, isSandbox: true })
  const limits = usdPerDay === null ? limitsOf() : limitsOf({ installation: perDay(usdPerDay) })
  return { db, now: () => new Date(), model: openModel(profile, { backoffMs: 1, ...pace }, { limits }) }
}

const { run } = spender(db, limitsOf())
const runId = await run()
const call = { purpose: 'analysis', conversationId: null, runId, request } as const

function attempts() {
  return db.selectFrom('attempts').select(['state', 'outcome', 'reserved_usd', 'cost_usd']).orderBy('id').execute()
}

async function dayBudget() {
  return (await budgetsOf(db)).find(({ period }) => period === 'day')
}

function billedUsd(): number {
  const { tokens } = sandbox.admin.state()
  const { prompt: inputTokens, completion: outputTokens, cached: cachedTokens, cacheWrite: cacheWriteTokens } = tokens
  return costUsd(shippedPrices, { inputTokens, outputTokens, cachedTokens, cacheWriteTokens }, dear) ?? 0
}

test('fifty in flight under a limit of $1 spend at most $1, and all of it but the dearest reservation', async () => {
  const deps = openAt(sandbox.url, 1)
  sandbox.admin.set({ latencyMs: 20 })
  let mostUsd = 0
  const caller = async () => {
    for (let isLeft = true; isLeft; ) {
      try {
        const { attempt } = await askModel(deps, call)
        await endAttempts(db, [{ ...attempt, outcome: 'ok' }])
      } catch (error) {
        expect(error).toMatchObject({ code: 'spending.limit', status: 429 })
        // What others have reserved comes back when they are answered.
        isLeft = ((await dayBudget())?.reserved_usd ?? 0) > 0
        await sleep(10)
      }
    }
  }
  await Promise.all(Array.from({ length: 50 }, caller))
  for (const { reserved_usd } of await attempts()) mostUsd = Math.max(mostUsd, reserved_usd ?? 0)
  expect(mostUsd).toBeLessThan(0.2)
  expect(billedUsd()).toBeLessThanOrEqual(1)
  expect(billedUsd()).toBeGreaterThanOrEqual(1 - mostUsd - 0.02)
  expect(await dayBudget()).toMatchObject({ reserved_usd: 0, spent_usd: expect.closeTo(billedUsd(), 5) })
  expect(await attempts()).toHaveLength(sandbox.admin.state().requests)
})

test('what is reserved is never less than what is billed, in any script', async () => {
  const deps = openAt(sandbox.url, 1000)
  for (const letter of ['a', 'ß', '語', '👋', '\u0000', '"']) {
    const { attempt } = await askModel(deps, { ...call, request: { ...request, input: letter.repeat(3_000) } })
    await endAttempts(db, [{ ...attempt, outcome: 'ok' }])
  }
  for (const { reserved_usd, cost_usd } of await attempts()) expect(cost_usd).toBeLessThanOrEqual(reserved_usd ?? 0)
})

describe('an answer that never came', () => {
  test('is asked for again under a reservation of its own, and the first stays reserved', async () => {
    sandbox.admin.fault({ kind: 'drop', times: 2 })
    const { attempt } = await askModel(openAt(sandbox.url, 1), call)
    await endAttempts(db, [{ ...attempt, outcome: 'ok' }])
    const [first, second, third] = await attempts()
    expect([first, second]).toMatchObject(Array(2).fill({ state: 'ended', outcome: 'transport', cost_usd: null }))
    expect(third).toMatchObject({ outcome: 'ok', cost_usd: expect.any(Number) })
    const reserved = (first?.reserved_usd ?? 0) + (second?.reserved_usd ?? 0)
    expect(await dayBudget()).toMatchObject({ reserved_usd: expect.closeTo(reserved, 7), spent_usd: third?.cost_usd })
    expect((await dayBudget())?.reserved_usd).toBeGreaterThan(0)
  })

  test('is not asked for again where the limit leaves too little: no more is sent', async () => {
    sandbox.admin.fault({ kind: 'drop', times: 4 })
    const deps = openAt(sandbox.url, 0.15)
    await expect(askModel(deps, call)).rejects.toMatchObject({ code: 'spending.limit' })
    expect(sandbox.admin.state().requests).toBe(1)
    expect(await attempts()).toMatchObject([{ outcome: 'transport', cost_usd: null }])
  })

  test('is a timeout too; what a server says it failed at costs nothing', async () => {
    sandbox.admin.fault({ kind: 'hang' })
    await askModel(openAt(sandbox.url, 1, { deadlineMs: 80 }), call)
    expect(await attempts()).toMatchObject([{ outcome: 'transport', cost_usd: null }, { state: 'started' }])
    sandbox.admin.fault({ kind: 'status', status: 500, times: 2 })
    await askModel(openAt(sandbox.url, 1), call)
    expect((await attempts()).slice(2)).toMatchObject([
      ...Array(2).fill({ state: 'ended', outcome: 'transport', cost_usd: 0 }),
      { state: 'started' },
    ])
  })

  test('and is given up after four tries leaves its cost unknown, without any limit too', async () => {
    sandbox.admin.fault({ kind: 'drop', times: 4 })
    const { completion, attempt } = await askModel(openAt(sandbox.url, null), call)
    expect([completion.outcome, attempt.costUsd]).toEqual(['transport', null])
    expect(await attempts()).toHaveLength(4)
  })
})

test('an answer whose usage is missing stays reserved whole', async () => {
  scripted.play({ body: { ...Object(answered.body), usage: undefined } })
  const deps = openAt(scripted.url, 1)
  const { attempt } = await askModel(deps, call)
  await endAttempts(db, [{ ...attempt, outcome: 'ok' }])
  expect(await attempts()).toMatchObject([{ state: 'ended', cost_usd: null }])
  expect((await dayBudget())?.reserved_usd).toBeGreaterThan(0.05)
})

test('a call that is aborted stays open and reserved; a refusal of the provider gives its reservation back', async () => {
  const deps = openAt(sandbox.url, 1)
  sandbox.admin.fault({ kind: 'hang' })
  const stopping = new AbortController()
  const asked = askModel(deps, call, { signal: stopping.signal })
  await vi.waitUntil(() => sandbox.admin.state().requests === 1)
  stopping.abort(new Error('the service stops'))
  await expect(asked).rejects.toThrow('the service stops')
  const [open] = await attempts()
  expect(open).toMatchObject({ state: 'started', outcome: null })
  sandbox.admin.fault({ kind: 'insufficient_quota' })
  await expect(askModel(deps, call)).rejects.toMatchObject({ code: 'model.quota' })
  expect((await attempts())[1]).toMatchObject({ outcome: 'model.quota', cost_usd: 0 })
  expect(await dayBudget()).toMatchObject({ reserved_usd: open?.reserved_usd, spent_usd: 0 })
})

test('a model without a price is asked where nothing limits it', async () => {
  scripted.play(answered)
  const deps = { db, now: () => new Date(), model: modelAt(scripted.url) }
  const { attempt } = await askModel(deps, { ...call, request: { ...request, model: 'llama-4' } })
  expect(attempt.costUsd).toBeNull()
})
