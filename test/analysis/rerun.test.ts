import { beforeEach, describe, expect, test } from 'vitest'
import {
  type AnalysisInput,
  analyseConversation,
  currentAnalysis,
  type Extraction,
  extract,
  keepAnalyses,
  loadAnalyses,
} from '../../src/analysis/index.ts'
import { transact } from '../../src/db/index.ts'
import type { FaultKind } from '../../src/sandbox/model/faults.ts'
import { analysesOf, attemptsOf, frozen, newRun, now, openHouse, storeCall } from './house.ts'
import { budget, company, configOf, isOwner, plan, said } from './sample.ts'

const { db, sandbox, announced, deps } = await openHouse()

const dialogue = said(
  ...['agent', 'Welcome! What is your budget?', 'user', 'My budget is 1500 dollars, "all in" \\ 👋.'],
  ...['agent', 'And which company do you work for?', 'user', 'The company is Müller.', 'agent', 'Great, goodbye!'],
)
const config = frozen(configOf(budget, company))

let counter = 0
async function newCall(turns = dialogue, status?: string): Promise<string> {
  counter += 1
  await storeCall(db, `call_${counter}`, turns, status)
  return `call_${counter}`
}

async function rerun(conversationId: string, differences: Partial<AnalysisInput> = {}) {
  const runId = differences.runId ?? (await newRun(db))
  return analyseConversation(deps, { conversationId, config, runId, ...differences })
}

beforeEach(() => {
  sandbox.admin.reset()
  announced.length = 0
})

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

describe('the same request again', () => {
  test('asks no model and keeps the one analysis, announced for the new run', async () => {
    const id = await newCall()
    const first = await rerun(id)
    const runId = await newRun(db)
    const second = await rerun(id, { runId })
    expect(second).toEqual({ ...first, cached: true, costUsd: 0 })
    expect(sandbox.admin.state().requests).toBe(1)
    expect(await analysesOf(db, id)).toHaveLength(1)
    expect(announced.at(-1)).toMatchObject({ analysisId: first.analysisId, runId, cached: true })
  })

  test('asks again when forced, but a retried run never twice', async () => {
    const id = await newCall()
    await rerun(id)
    const runId = await newRun(db)
    expect(await rerun(id, { runId, force: true })).toMatchObject({ cached: false, number: 2 })
    expect(await rerun(id, { runId, force: true })).toMatchObject({ cached: true, number: 2 })
    expect(sandbox.admin.state().requests).toBe(2)
  })

  test('with an older prompt makes the analysis of that prompt current again', async () => {
    const id = await newCall()
    const reworded = frozen(configOf({ ...budget, description: 'How many dollars may be spent, the budget.' }, company))
    await rerun(id)
    expect(await rerun(id, { config: reworded })).toMatchObject({ number: 2, cached: false })
    expect(await rerun(id)).toMatchObject({ number: 1, cached: true })
    expect((await analysesOf(db, id)).map(({ current }) => current)).toEqual([true, false])
  })
})

test.each<[FaultKind, string, number]>([
  ['refuse', 'refused', 1],
  ['filter', 'filtered', 1],
  ['truncate', 'truncated', 1],
  ['invalid_json', 'invalid', 1],
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

describe('a preview', () => {
  test('is stored, but neither current nor announced nor among what is loaded', async () => {
    const id = await newCall()
    expect(await rerun(id, { keep: false })).toMatchObject({ outcome: 'ok', number: 1, cached: false })
    expect(await currentAnalysis(db, id)).toBeUndefined()
    expect(announced).toEqual([])
    expect(await loadAnalyses(db, [id])).toEqual(new Map())
  })

  test('is kept by a later run without another call, and becomes that run’s word', async () => {
    const id = await newCall()
    const preview = await rerun(id, { keep: false })
    const runId = await newRun(db)
    expect(await rerun(id, { runId })).toMatchObject({ analysisId: preview.analysisId, cached: true })
    expect(await currentAnalysis(db, id)).toMatchObject({ id: preview.analysisId, runId, keptAt: now })
    expect(sandbox.admin.state().requests).toBe(1)
  })

  test('of a kept analysis takes nothing away', async () => {
    const id = await newCall()
    const kept = await rerun(id)
    expect(await rerun(id, { keep: false })).toMatchObject({ analysisId: kept.analysisId, cached: true })
    expect(await currentAnalysis(db, id)).toMatchObject({ id: kept.analysisId })
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

describe('many at once', () => {
  test('are kept in one transaction with one announcement, results in their order', async () => {
    const ids = [await newCall(), await newCall([]), await newCall(), await newCall()]
    const [cachedId, , refusedId, deletedId] = ids
    await rerun(cachedId ?? '')
    const runId = await newRun(db)
    sandbox.admin.reset()
    announced.length = 0
    sandbox.admin.fault({ kind: 'refuse' })
    const extractions: Extraction[] = []
    for (const conversationId of ids) extractions.push(await extract(deps, { conversationId, config, runId }))
    await db
      .deleteFrom('conversations')
      .where('id', '=', deletedId ?? '')
      .execute()
    const results = await transact(db, (trx) => keepAnalyses(trx, deps, extractions))
    expect(results).toMatchObject([
      { conversationId: cachedId, outcome: 'ok', cached: true },
      { conversationId: ids[1], outcome: 'skipped', reason: 'empty' },
      { conversationId: refusedId, outcome: 'refused', number: 1 },
      { conversationId: deletedId, outcome: 'skipped', reason: 'deleted' },
    ])
    expect(announced.map(({ conversationId }) => conversationId)).toEqual([cachedId, refusedId])
    expect((await loadAnalyses(db, ids)).size).toBe(2)
  })

  test('two runs on one conversation number theirs one after the other, and one is current', async () => {
    const id = await newCall()
    await Promise.all([rerun(id, { force: true }), rerun(id, { force: true })])
    const analyses = await analysesOf(db, id)
    expect(analyses.map(({ number, current }) => [number, current])).toEqual([
      [1, false],
      [2, true],
    ])
  })

  test('the same run twice at once keeps one analysis, and both attempts are accounted for', async () => {
    const id = await newCall()
    const runId = await newRun(db)
    const input = { conversationId: id, config, runId }
    const extractions = await Promise.all([extract(deps, input), extract(deps, input)])
    const results = []
    for (const one of extractions) results.push(...(await transact(db, (trx) => keepAnalyses(trx, deps, [one]))))
    expect(results).toMatchObject([
      { number: 1, cached: false },
      { number: 1, cached: true },
    ])
    expect(results[1]?.costUsd).toBeGreaterThan(0)
    expect((await attemptsOf(db, id)).map(({ state }) => state)).toEqual(['ended', 'ended'])
  })
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
