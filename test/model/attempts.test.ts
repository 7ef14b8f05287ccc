import { expect, test } from 'vitest'
import { startRun } from '../../src/audit/index.ts'
import { transact } from '../../src/db/index.ts'
import { noLimits } from '../../src/limits/index.ts'
import { endAttempts, noUsage } from '../../src/model/index.ts'
import { startAttempt } from '../../src/model/start-attempt.ts'
import { countStatements, createTestDatabase } from '../support/database.ts'

const { db } = await createTestDatabase()

const at = new Date('2026-03-04T15:09:00Z')
const call = {
  id: 'call_1',
  kind: 'call' as const,
  agent_id: 'agent_1',
  status: 'ended',
  spoken_at: at,
  content_hash: 'h',
}
await db.insertInto('agents').values({ id: 'agent_1', kind: 'call', name: null }).execute()
await db.insertInto('conversations').values(call).execute()
const actor = { kind: 'cli', name: 'test' } as const
const runId = await transact(db, (trx) => startRun(trx, { kind: 'rerun', actor, reason: 'test' }))

function start({ conversationId = 'call_1', parts = 6, from = db } = {}): Promise<number> {
  const deps = { db: from, now: () => new Date(), model: { limits: noLimits } }
  const call = { purpose: 'analysis', conversationId, runId, model: 'gpt-6-luna' } as const
  return startAttempt(deps, { ...call, atMostUsd: 0.01, size: { staticBytes: 5_000, parts } })
}

function attempt(id: number) {
  return db.selectFrom('attempts').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

test('an attempt is there before it has ended, and ends with what it used and cost, many in one statement', async () => {
  const [first, second, open] = [await start(), await start(), await start()]
  expect(await attempt(first)).toMatchObject({ state: 'started', outcome: null, model: 'gpt-6-luna', run_id: runId })
  expect(await attempt(first)).toMatchObject({ static_bytes: 5_000, parts: 6 })
  const usage = { inputTokens: 1200, cachedTokens: 1024, cacheWriteTokens: 7, outputTokens: 30 }
  await endAttempts(db, [
    { id: first, outcome: 'ok', requestId: 'req_"1"', usage, costUsd: 0.00004283 },
    { id: second, outcome: 'model.quota', requestId: null, usage: noUsage, costUsd: null },
  ])
  expect(await attempt(first)).toMatchObject({
    state: 'ended',
    outcome: 'ok',
    request_id: 'req_"1"',
    input_tokens: 1200,
    cached_tokens: 1024,
    cache_write_tokens: 7,
    output_tokens: 30,
    cost_usd: 0.00004283,
    ended_at: expect.any(Date),
  })
  expect(await attempt(second)).toMatchObject({ outcome: 'model.quota', input_tokens: 0, cost_usd: null })
  expect(await attempt(open)).toMatchObject({ state: 'started', ended_at: null })
})

test('ending an attempt twice changes nothing: the first ending stands', async () => {
  const id = await start()
  await endAttempts(db, [{ id, outcome: 'ok', requestId: null, usage: noUsage, costUsd: 0 }])
  await endAttempts(db, [{ id, outcome: 'transport', requestId: null, usage: noUsage, costUsd: 9 }])
  expect(await attempt(id)).toMatchObject({ outcome: 'ok', cost_usd: 0 })
})

test('attempts that start together are noted in one statement, each with what it is of', async () => {
  const { db: from, count } = countStatements(db)
  const ids = await Promise.all(Array.from({ length: 30 }, (_, parts) => start({ parts, from })))
  expect(count()).toBe(1)
  expect(new Set(ids).size).toBe(30)
  expect(await Promise.all(ids.map(async (id) => (await attempt(id)).parts))).toEqual(ids.map((_, parts) => parts))
})

test('one that cannot be noted fails alone', async () => {
  const [one, gone, other] = await Promise.allSettled([start(), start({ conversationId: 'nobody' }), start()])
  expect(gone).toMatchObject({ status: 'rejected', reason: { code: '23503' } })
  for (const each of [one, other]) expect(each).toMatchObject({ status: 'fulfilled', value: expect.any(Number) })
})
