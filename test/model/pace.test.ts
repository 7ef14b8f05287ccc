import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, expect, test, vi } from 'vitest'
import { askModel, endAttempts } from '../../src/model/index.ts'
import { createTestDatabase, twoPools } from '../support/database.ts'
import { limitsOf, spender } from '../support/spender.ts'
import { answered, modelAt, startScriptedServer } from './scripted-server.ts'

const { db, url } = await createTestDatabase()
const pools = twoPools(url, 6)
const server = await startScriptedServer()
const runId = await spender(db, limitsOf()).run()

const request = {
  model: 'gpt-6-luna',
  instructions: 'Rules.',
  input: '[1] user: "Hello"',
  schema: { name: 'analysis', body: { type: 'object', properties: {}, required: [], additionalProperties: false } },
  cacheKey: 'abc',
  maxOutputTokens: 500,
}
const call = { purpose: 'analysis', conversationId: null, runId, request } as const

beforeEach(async () => {
  for (const table of ['meters', 'provider_pauses', 'buckets', 'attempts'] as const)
    await db.deleteFrom(table).execute()
})

/** Two processes that ask the same provider with the same key. */
function processes() {
  return [processOn(pools[0]), processOn(pools[1])] as const
}
const processOn = (pool: typeof db) => ({ db: pool, now: () => new Date(), model: modelAt(server.url) })
type Process = ReturnType<typeof processOn>

async function askOnce(process: Process, options: Parameters<typeof askModel>[2] = {}) {
  const { attempt, completion } = await askModel(process, call, options)
  await endAttempts(process.db, [{ ...attempt, outcome: completion.outcome }])
  return completion.outcome
}

function attempts() {
  return db.selectFrom('attempts').select(['state', 'outcome', 'cost_usd']).orderBy('id').execute()
}

/** An error of the provider, after long enough for all who ask at once to be under way. */
function refusal(code: string, type: string, headers: Record<string, string> = {}) {
  return { status: 429, headers, latencyMs: 100, body: { error: { message: 'No.', code, type, param: null } } }
}

test('a limit that the provider names is kept to by two processes together, as its own clock counts', async () => {
  const [first, second] = processes()
  const headers = { 'x-ratelimit-limit-requests': '600', 'x-ratelimit-remaining-requests': '599' }
  server.play({ ...answered, headers, latencyMs: 20 })
  await askOnce(first)
  const signal = AbortSignal.timeout(4_000)
  const caller = async (process: Process) => {
    while (!signal.aborted) await askOnce(process, { leave: signal, priority: 'interactive' })
  }
  const callers = [first, second].flatMap((process) => Array.from({ length: 12 }, () => caller(process)))
  const ends = await Promise.allSettled(callers)
  for (const end of ends) if (end.status === 'rejected') expect(end.reason).toBe(signal.reason)
  for (const windowMs of [1_000, 2_000, 3_000]) {
    const counts = server.times.map((from) => server.times.filter((at) => at >= from && at < from + windowMs).length)
    // 30 at once, then ten a second; a lease may be used a quarter of a second after it was taken, and a request takes its time.
    expect(Math.max(...counts), `within ${windowMs} ms`).toBeLessThanOrEqual(30 + Math.ceil((windowMs + 500) / 100))
  }
  expect(server.times.length).toBeGreaterThan(45)
  expect(await attempts()).toHaveLength(server.requests.length)
})

test('retry-after of two minutes holds all processes: no call is sent, and whoever asks is told how long', async () => {
  const [first, second] = processes()
  server.play(refusal('rate_limit_exceeded', 'requests', { 'retry-after': '120' }))
  await expect(askOnce(first)).rejects.toMatchObject({ code: 'model.rate_limited', retryAfterMs: 120_000 })
  for (const process of [first, second])
    for (const priority of ['background', 'interactive'] as const) {
      const refused = await askOnce(process, { priority }).catch((error: unknown) => error)
      expect(refused).toMatchObject({ code: 'model.rate_limited', recovery: 'retry', status: 503 })
      const { retryAfterMs = 0 } = refused as { retryAfterMs?: number }
      expect(retryAfterMs).toBeGreaterThan(110_000)
      expect(retryAfterMs).toBeLessThanOrEqual(120_000)
    }
  expect(server.requests).toHaveLength(1)
  expect(await attempts()).toHaveLength(1)
})

test.each([
  ['more seconds than a timestamp holds', '1000000000000000'],
  ['a day that nobody here will see', 'Fri, 31 Dec 9999 23:59:59 GMT'],
])('retry-after of %s holds for an hour, and the try is ended', async (_, after) => {
  const [first, second] = processes()
  server.play(refusal('rate_limit_exceeded', 'requests', { 'retry-after': after }))
  const refused = { code: 'model.rate_limited', recovery: 'retry', retryAfterMs: 3_600_000 }
  await expect(askOnce(first)).rejects.toMatchObject(refused)
  expect(await attempts()).toEqual([{ state: 'ended', outcome: 'model.rate_limited', cost_usd: 0 }])
  const held = (await askOnce(second).catch((error: unknown) => error)) as { retryAfterMs?: number }
  expect(held.retryAfterMs).toBeGreaterThan(3_590_000)
  expect(held.retryAfterMs).toBeLessThanOrEqual(3_600_000)
})

test('who leaves between two tries leaves at once, and the try that was made is ended', async () => {
  const [first] = processes()
  server.play(refusal('rate_limit_exceeded', 'requests', { 'retry-after': '20' }), answered)
  const leaving = new AbortController()
  const asked = askOnce(first, { leave: leaving.signal, signal: new AbortController().signal })
  await vi.waitUntil(async () => (await attempts())[0]?.state === 'ended')
  const leftAt = performance.now()
  leaving.abort(new Error('the service stops'))
  await expect(asked).rejects.toThrow('the service stops')
  expect(performance.now() - leftAt).toBeLessThan(1_000)
  expect(await attempts()).toEqual([{ state: 'ended', outcome: 'model.rate_limited', cost_usd: 0 }])
})

test('who waits for a turn has no attempt; each try has one of its own', async () => {
  const [first, second] = processes()
  server.play(refusal('rate_limit_exceeded', 'requests', { 'retry-after-ms': '1500' }), answered)
  const asked = askOnce(first)
  await vi.waitUntil(async () => (await attempts())[0]?.state === 'ended')
  const waits = askOnce(second)
  await sleep(700)
  expect(server.requests).toHaveLength(1)
  expect(await attempts()).toEqual([{ state: 'ended', outcome: 'model.rate_limited', cost_usd: 0 }])
  expect(await Promise.all([asked, waits])).toEqual(['ok', 'ok'])
  expect(server.requests).toHaveLength(3)
  expect(await attempts()).toHaveLength(3)
})

test('out of credit: those under way are refused, nobody else is sent, until somebody who waits finds that there is some', async () => {
  const [first, second] = processes()
  server.play(refusal('credit_balance_exhausted', 'insufficient_quota'))
  const under = Array.from({ length: 10 }, (_, n) => askOnce(n % 2 === 0 ? first : second))
  const refused = (await Promise.allSettled(under)).map((end) => (end.status === 'rejected' ? end.reason : end.value))
  expect(refused).toMatchObject(
    Array(10).fill({ code: 'model.quota', recovery: 'stop', message: expect.stringContaining('asked again at') }),
  )
  const sent = server.requests.length
  expect(sent).toBeLessThanOrEqual(10)
  await sleep(260)
  const later = Array.from({ length: 50 }, (_, n) => askOnce(n % 2 === 0 ? first : second))
  for (const end of await Promise.allSettled(later))
    expect(end).toMatchObject({ status: 'rejected', reason: { code: 'model.quota', retryAfterMs: expect.any(Number) } })
  expect(server.requests).toHaveLength(sent)
  expect(await attempts()).toHaveLength(sent)

  server.play({ ...answered, latencyMs: 50 })
  await db
    .updateTable('provider_pauses')
    .set({ asked_at: new Date(Date.now() - 20_000) })
    .execute()
  expect(await askOnce(first, { priority: 'interactive' })).toBe('ok')
  await sleep(260)
  expect(await Promise.all([askOnce(first), askOnce(second)])).toEqual(['ok', 'ok'])
})
