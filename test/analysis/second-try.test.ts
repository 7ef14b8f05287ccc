import { describe, expect, test } from 'vitest'
import { analyseConversation, extract } from '../../src/analysis/index.ts'
import { secondRequest } from '../../src/analysis/second-try.ts'
import { json } from '../../src/db/index.ts'
import type { FaultKind } from '../../src/sandbox/model/faults.ts'
import { limitsOf, perDay } from '../support/spender.ts'
import { analysesOf, attemptsOf, config, dialogue, frozen, newRun, openHouse } from './house.ts'
import { budget, company, configOf } from './sample.ts'

const { db, sandbox, deps, newCall, rerun } = await openHouse()
const requests = () => sandbox.admin.state().requests

describe('the request of a second try', () => {
  const request = {
    model: 'm',
    instructions: 'rules',
    input: 'what was said',
    schema: { name: 'analysis', body: {} },
    cacheKey: 'k',
    maxOutputTokens: 1_000,
  }

  test('has twice the room for an answer that was cut off', () => {
    expect(secondRequest(request, { kind: 'truncated' })).toEqual({ ...request, maxOutputTokens: 2_000 })
  })

  test('else says what was wrong behind the same bytes, and nothing of what was said', () => {
    const { repair, ...same } = secondRequest(request, { kind: 'invalid', missing: ['f02', 'f07'] })
    expect(same).toEqual(request)
    expect(repair).toMatch(/lacked f02, f07\. Answer with one JSON object/)
    expect(secondRequest(request, { kind: 'invalid', missing: [] }).repair).toMatch(/could not be read/)
  })
})

describe.each<[FaultKind, string]>([
  ['truncate', 'truncated'],
  ['invalid_json', 'invalid'],
  ['missing_field', 'invalid'],
])('an answer that is spoilt by %s', (kind, outcome) => {
  test('once is asked for once more: two attempts, both charged, one analysis that is ok', async () => {
    const id = await newCall()
    sandbox.admin.fault({ kind })
    const result = await rerun(id)
    expect(result).toMatchObject({ outcome: 'ok', number: 1, fields: { budget: { value: 1500, status: 'found' } } })
    const attempts = await attemptsOf(db, id)
    expect(attempts).toMatchObject([
      { state: 'ended', outcome, request_id: 'req_1' },
      { state: 'ended', outcome: 'ok', request_id: 'req_2' },
    ])
    for (const { cost_usd, input_tokens } of attempts) {
      expect(cost_usd).toBeGreaterThan(0)
      expect(input_tokens).toBeGreaterThan(0)
    }
    const paid = attempts.reduce((sum, attempt) => sum + (attempt.cost_usd ?? 0), 0)
    expect(result.costUsd).toBeCloseTo(paid, 7)
    expect((await analysesOf(db, id)).map(({ cost_usd }) => cost_usd)).toEqual([expect.closeTo(paid, 7)])
  })

  test('twice is asked for no third time, in this call or another one of the same run', async () => {
    const id = await newCall()
    sandbox.admin.fault({ kind, times: 5 })
    const runId = await newRun(db)
    const first = await rerun(id, { runId })
    const again = await rerun(id, { runId })
    expect(requests()).toBe(2)
    expect(again).toMatchObject({ outcome: first.outcome, analysisId: first.analysisId, costUsd: 0 })
    expect(await analysesOf(db, id)).toHaveLength(1)
  })

  test('and a process that dies before it asks again leave the second try to the next, and no third', async () => {
    const id = await newCall()
    sandbox.admin.fault({ kind })
    const runId = await newRun(db)
    sandbox.admin.fault({ kind: 'hang' })
    const dying = new AbortController()
    const died = analyseConversation(deps, { conversationId: id, config, runId }, { signal: dying.signal })
    await expect.poll(requests).toBe(2)
    dying.abort(new Error('killed'))
    await expect(died).rejects.toThrow('killed')
    // The first is paid for and stays so; the second was in flight.
    expect(await attemptsOf(db, id)).toMatchObject([{ outcome }, { state: 'started' }])
    const result = await rerun(id, { runId })
    expect(result).toMatchObject({ outcome: 'ok', cached: false })
    expect(requests()).toBe(3)
    const [first, , third] = await attemptsOf(db, id)
    expect(third).toMatchObject({ outcome: 'ok' })
    expect(result.costUsd).toBeCloseTo((first?.cost_usd ?? 0) + (third?.cost_usd ?? 0), 7)
    // Of a truncated answer the second has twice the room, also after the crash.
    if (kind === 'truncate') expect(third?.reserved_usd ?? 0).toBeGreaterThan(1.3 * (first?.reserved_usd ?? 0))
  })
})

describe('the first of two tries belongs to its own request', () => {
  test('a draft edited before the run goes on is asked from the beginning', async () => {
    const id = await newCall()
    const runId = await newRun(db)
    sandbox.admin.fault({ kind: 'invalid_json' })
    sandbox.admin.fault({ kind: 'hang' })
    const dying = new AbortController()
    const died = analyseConversation(deps, { conversationId: id, config, runId }, { signal: dying.signal })
    await expect.poll(requests).toBe(2)
    dying.abort(new Error('killed'))
    await expect(died).rejects.toThrow('killed')
    sandbox.admin.fault({ kind: 'invalid_json' })
    const edited = frozen(configOf({ ...budget, description: 'How many dollars may be spent, the budget.' }, company))
    const { outcome, costUsd } = await rerun(id, { runId, config: edited })
    expect({ outcome, requests: requests() }).toEqual({ outcome: 'ok', requests: 4 })
    const attempts = await attemptsOf(db, id)
    expect(attempts.map((attempt) => attempt.outcome)).toEqual(['invalid', null, 'invalid', 'ok'])
    expect(costUsd).toBeCloseTo(
      attempts.slice(2).reduce((sum, attempt) => sum + (attempt.cost_usd ?? 0), 0),
      7,
    )
  })

  test('a conversation that was sent twice is asked from the beginning each time', async () => {
    const id = await newCall()
    const runId = await newRun(db)
    for (const turns of [dialogue, dialogue.slice(0, -1)]) {
      await db
        .updateTable('transcripts')
        .set({ turns: json(turns) })
        .where('conversation_id', '=', id)
        .execute()
      sandbox.admin.fault({ kind: 'invalid_json' })
      expect(await rerun(id, { runId })).toMatchObject({ outcome: 'ok' })
    }
    expect((await attemptsOf(db, id)).map((attempt) => attempt.outcome)).toEqual(['invalid', 'ok', 'invalid', 'ok'])
  })
})

test('an answer that still lacks a field after its repair keeps all others', async () => {
  const id = await newCall()
  sandbox.admin.fault({ kind: 'missing_field', times: 2 })
  const { outcome, fields } = await rerun(id)
  expect(outcome).toBe('ok')
  expect(fields).toMatchObject({ budget: { value: 1500 }, company: { status: 'invalid', reason: 'missing' } })
})

test('a repair that fails costs nothing that could be read of the first answer', async () => {
  const id = await newCall()
  sandbox.admin.fault({ kind: 'missing_field' })
  sandbox.admin.fault({ kind: 'refuse' })
  const { outcome, fields } = await rerun(id)
  expect({ outcome, budget: fields?.budget }).toMatchObject({ outcome: 'ok', budget: { value: 1500 } })
  expect((await attemptsOf(db, id)).map((attempt) => attempt.outcome)).toEqual(['invalid', 'refused'])
})

test.each<FaultKind>(['refuse', 'filter', 'empty_content', 'wrong_enum', 'not_mentioned'])(
  'an answer that is spoilt by %s is the last',
  async (kind) => {
    const id = await newCall()
    sandbox.admin.fault({ kind })
    const runId = await newRun(db)
    await rerun(id, { runId })
    await rerun(id, { runId })
    expect(requests()).toBe(1)
  },
)

test('a second try that a spending limit refuses is made when there is room again', async () => {
  // Room for one such call, beside all that was spent and is reserved: what the first leaves of it is too little for a second.
  const usdPerDay = (await takenUsd()) + (await firstUsd())
  sandbox.admin.fault({ kind: 'invalid_json' })
  const id = await newCall()
  const input = { conversationId: id, config, runId: await newRun(db) }
  const limited = { ...deps.model, limits: limitsOf({ installation: perDay(usdPerDay) }) }
  await expect(extract({ ...deps, model: limited }, input)).rejects.toMatchObject({ code: 'spending.limit' })
  expect(requests()).toBe(1)
  expect(await analyseConversation(deps, input)).toMatchObject({ outcome: 'ok' })
  expect((await attemptsOf(db, id)).map((attempt) => attempt.outcome)).toEqual(['invalid', 'ok'])
})

describe('an answer that lacks a field, and no second to be had', () => {
  const lacking = {
    outcome: 'ok',
    fields: { budget: { value: 1500 }, company: { status: 'invalid', reason: 'missing' } },
  }

  test('for a spending limit, is kept, and asked for no more', async () => {
    const id = await newCall()
    const runId = await newRun(db)
    sandbox.admin.fault({ kind: 'missing_field' })
    const usdPerDay = (await takenUsd()) + (await firstUsd())
    const limited = { ...deps.model, limits: limitsOf({ installation: perDay(usdPerDay) }) }
    const result = await analyseConversation({ ...deps, model: limited }, { conversationId: id, config, runId })
    expect(result).toMatchObject(lacking)
    expect((await attemptsOf(db, id)).map((attempt) => attempt.outcome)).toEqual(['invalid'])
    expect(await rerun(id, { runId })).toMatchObject({ analysisId: result.analysisId, cached: true })
    expect(requests()).toBe(1)
  })

  test('because the run leaves, is kept; broken off, it is not', async () => {
    for (const kind of ['leave', 'signal'] as const) {
      const id = await newCall()
      const before = requests()
      sandbox.admin.fault({ kind: 'missing_field' })
      sandbox.admin.set({ latencyMs: 200 })
      const ending = new AbortController()
      const input = { conversationId: id, config, runId: await newRun(db) }
      const asked = analyseConversation(deps, input, { [kind]: ending.signal })
      await expect.poll(requests).toBe(before + 1)
      ending.abort(new Error('the end'))
      if (kind === 'leave') expect(await asked).toMatchObject(lacking)
      else await expect(asked).rejects.toThrow('the end')
      expect(requests()).toBe(before + 1)
      sandbox.admin.set({ latencyMs: 0 })
    }
  })
})

/** More than a call takes up while it is made, and with what it then has cost less than two of them. */
async function firstUsd(): Promise<number> {
  const [first] = await db.selectFrom('attempts').select(['reserved_usd', 'cost_usd']).limit(1).orderBy('id').execute()
  return Number(first?.reserved_usd) + Number(first?.cost_usd) / 2
}

async function takenUsd(): Promise<number> {
  const attempts = await db.selectFrom('attempts').select(['reserved_usd', 'cost_usd']).execute()
  return attempts.reduce((sum, { reserved_usd, cost_usd }) => sum + Number(cost_usd ?? reserved_usd), 0)
}
