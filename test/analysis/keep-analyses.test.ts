import { expect, test } from 'vitest'
import { type Extraction, extract, keepAnalyses, loadAnalyses } from '../../src/analysis/index.ts'
import { transact } from '../../src/db/index.ts'
import { analysesOf, attemptsOf, config, newRun, openHouse } from './house.ts'

const { db, sandbox, announced, deps, newCall, rerun } = await openHouse()

test('many are kept in one transaction with one announcement, results in their order', async () => {
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

test("two runs on one conversation number theirs one after the other, and the newer run's is current", async () => {
  const id = await newCall()
  await Promise.all([rerun(id, { force: true }), rerun(id, { force: true })])
  const analyses = await analysesOf(db, id)
  expect(analyses.map(({ number }) => number)).toEqual([1, 2])
  const newestRun = Math.max(...analyses.map(({ run_id }) => run_id))
  expect(analyses.filter(({ current }) => current)).toMatchObject([{ run_id: newestRun }])
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
