import { describe, expect, test } from 'vitest'
import { currentAnalysis, loadAnalyses } from '../../src/analysis/index.ts'
import { analysesOf, frozen, newRun, now, openHouse } from './house.ts'
import { budget, company, configOf } from './sample.ts'

const { db, sandbox, announced, newCall, rerun } = await openHouse()

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
