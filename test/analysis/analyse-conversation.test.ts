import { describe, expect, test } from 'vitest'
import { analyseConversation, currentAnalysis } from '../../src/analysis/index.ts'
import type { FaultKind } from '../../src/sandbox/model/faults.ts'
import { analysesOf, attemptsOf, config, dialogue, frozen, newRun, now, openHouse } from './house.ts'
import { budget, configOf, isOwner, plan, said } from './sample.ts'

const { db, sandbox, announced, deps, newCall, rerun } = await openHouse()

test('a rerun is one model call, one stored analysis with checked evidence, one announcement', async () => {
  const id = await newCall()
  const runId = await newRun(db)
  const result = await rerun(id, { runId, hold: true })
  expect(sandbox.admin.state().requests).toBe(1)
  expect(result).toMatchObject({
    outcome: 'ok',
    number: 1,
    cached: false,
    fields: { budget: { value: 1500, status: 'found' } },
  })
  expect(result.costUsd).toBeGreaterThan(0)
  expect(result.fields?.budget?.evidence).toMatchObject([{ turn: 2 }])
  expect(Object.keys(result.fields ?? {}).sort()).toEqual([
    'budget',
    'call_successful',
    'call_summary',
    'company',
    'user_sentiment',
  ])
  expect(announced).toEqual([
    { conversationId: id, analysisId: result.analysisId, runId, outcome: 'ok', cached: false, hold: true },
  ])
  expect(await currentAnalysis(db, id)).toMatchObject({
    id: result.analysisId,
    runId,
    keptAt: now,
    configHash: config.hash,
    agentVersion: 3,
    model: 'sandbox-extractive-1',
    fields: result.fields,
    costUsd: expect.closeTo(result.costUsd, 7),
  })
})

test('the attempt is written before the call and ended with its usage, cost and request id', async () => {
  const id = await newCall()
  const { costUsd } = await rerun(id)
  const { tokens } = sandbox.admin.state()
  expect(await attemptsOf(db, id)).toMatchObject([
    {
      state: 'ended',
      outcome: 'ok',
      request_id: 'req_1',
      input_tokens: tokens.prompt,
      output_tokens: tokens.completion,
      cost_usd: expect.closeTo(costUsd, 7),
    },
  ])
})

test.each<[FaultKind, string, number]>([
  ['refuse', 'refused', 1],
  ['filter', 'filtered', 1],
  ['truncate', 'truncated', 2],
  ['invalid_json', 'invalid', 2],
  ['empty', 'empty', 1],
  ['empty_content', 'empty', 1],
  ['envelope', 'transport', 4],
  ['status', 'transport', 4],
  ['drop', 'transport', 4],
])(
  'a model that fails with %s ends as %s: stored, silent, and what was current stays',
  async (kind, outcome, times) => {
    const id = await newCall()
    const before = await rerun(id)
    sandbox.admin.reset()
    sandbox.admin.fault({ kind, times })
    const failed = await rerun(id, { force: true })
    expect(failed).toMatchObject({ outcome, number: 2, cached: false, fields: {}, reason: expect.any(String) })
    expect(sandbox.admin.state().requests).toBe(times)
    expect(await currentAnalysis(db, id)).toMatchObject({ id: before.analysisId })
    expect(announced.at(-1)).toMatchObject({ analysisId: failed.analysisId, outcome })
    expect((await attemptsOf(db, id)).at(-1)).toMatchObject({ state: 'ended', outcome })
    expect(await rerun(id)).toMatchObject({ outcome: 'ok', number: 1, cached: true })
  },
)

describe('a field', () => {
  test('whose quote nobody said is unverified; judgements stand', async () => {
    const id = await newCall()
    sandbox.admin.fault({ kind: 'fabricated_evidence' })
    const { fields } = await rerun(id)
    expect(fields?.budget).toMatchObject({ value: 1500, status: 'unverified', reason: 'quote_not_in_turn' })
    expect(fields?.call_summary).toMatchObject({ status: 'found', evidence: [] })
  })

  test('that breaks its schema is invalid and spoils no other', async () => {
    const id = await newCall()
    sandbox.admin.fault({ kind: 'wrong_enum' })
    const { outcome, fields } = await rerun(id, { config: frozen(configOf(budget, plan, isOwner)) })
    expect(outcome).toBe('ok')
    const statuses = Object.values(fields ?? {}).map(({ status }) => status)
    expect(statuses.filter((status) => status === 'invalid')).toHaveLength(1)
    expect(fields?.budget).toMatchObject({ value: 1500, status: 'found' })
  })

  test('that is required and not there makes the call unsuccessful, in the column too', async () => {
    const id = await newCall(said('agent', 'Hello?', 'user', 'Wrong number, sorry.'))
    await rerun(id, { config: frozen(configOf({ ...budget, required: true })) })
    expect(await currentAnalysis(db, id)).toMatchObject({
      successful: false,
      fields: { call_successful: { value: false, reason: 'required_missing: budget' } },
    })
  })
})

test.each([
  ['not_connected', dialogue, 'not_connected'],
  ['ended', said('agent', 'Please call back.'), 'agent_only'],
  ['ended', [], 'empty'],
])('a call that is %s with nothing to analyse is skipped without an attempt', async (status, turns, reason) => {
  const id = await newCall(turns, status)
  expect(await rerun(id)).toEqual({ conversationId: id, outcome: 'skipped', reason, cached: false, costUsd: 0 })
  expect(sandbox.admin.state().requests).toBe(0)
  expect(await attemptsOf(db, id)).toEqual([])
  expect(announced).toEqual([])
})

test('a conversation that is not there is a 404', async () => {
  await expect(rerun('call_nowhere')).rejects.toMatchObject({ code: 'conversation.not_found', status: 404 })
})

describe('work that is stopped', () => {
  test('by the provider is thrown, stores no analysis, and its attempt says why', async () => {
    const id = await newCall()
    sandbox.admin.fault({ kind: 'insufficient_quota' })
    await expect(rerun(id)).rejects.toMatchObject({ code: 'model.quota', recovery: 'stop' })
    expect(await attemptsOf(db, id)).toMatchObject([{ state: 'ended', outcome: 'model.quota', cost_usd: 0 }])
    expect(await analysesOf(db, id)).toEqual([])
  })

  test('in the middle of a call leaves its attempt open: it may have been billed', async () => {
    const id = await newCall()
    sandbox.admin.fault({ kind: 'hang' })
    const controller = new AbortController()
    const input = { conversationId: id, config, runId: await newRun(db) }
    const stopped = analyseConversation(deps, input, { signal: controller.signal })
    await expect.poll(() => sandbox.admin.state().requests).toBe(1)
    controller.abort(new Error('the service stops'))
    await expect(stopped).rejects.toThrow('the service stops')
    expect(await attemptsOf(db, id)).toMatchObject([{ state: 'started', outcome: null }])
  })

  test('by a failing announcement keeps nothing', async () => {
    const id = await newCall()
    const next = { analysisKept: () => Promise.reject(new Error('no room below')) }
    const input = { conversationId: id, config, runId: await newRun(db) }
    await expect(analyseConversation({ ...deps, next }, input)).rejects.toThrow('no room below')
    expect(await analysesOf(db, id)).toEqual([])
    expect(await attemptsOf(db, id)).toMatchObject([{ state: 'started' }])
  })
})
