import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import type { AskedLane } from '../../src/backfill/lane.ts'
import { replanBackfill } from '../../src/backfill/replan-backfill.ts'
import { startModelSandbox } from '../../src/sandbox/index.ts'
import { workOn } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { forgetProvider } from '../support/forget-provider.ts'
import { createPlanWorld } from '../support/plan-world.ts'

const world = await createPlanWorld('', { AFTERWORD_MODEL_PROFILE: 'openai' })
const { db, useCases, actor, model } = world
const { admin } = world.models
const patience = { interval: 5, timeout: 10_000 }
model.pace.flexBackoffMs = 20

beforeEach(async () => {
  admin.reset()
  admin.set({ latencyMs: 0, flexLatencyMs: 0 })
  await forgetProvider(world)
})

let numbers = 0

/** Calls of one person each, about the Pro plan. */
async function callsOf(many: number) {
  const ids = Array.from({ length: many }, () => `call_${++numbers}`)
  const days = ids.map((id, place) =>
    call({
      id,
      at: `2025-04-0${place + 1}T10:00:00Z`,
      number: `+1212555${1000 + numbers + place}`,
      turns: ['I want the Pro plan.'],
    }),
  )
  await world.take(...days)
  return ids
}

function plan(ids: string[], lane: AskedLane, concurrency = 2) {
  const test = { type: 'enum', op: 'in', value: ids } as const
  const filter = { kind: 'any', conditions: [{ field: 'conversation_id', test }] } as const
  return useCases.planBackfill({ filter: structuredClone(filter) as never, actor, reason: 'test', concurrency, lane })
}

async function started(ids: string[], lane: AskedLane, concurrency?: number) {
  const { id } = await plan(ids, lane, concurrency)
  await useCases.startBackfill({ id, actor })
  return id
}

function tiers() {
  return admin.state().last.map(({ serviceTier }) => serviceTier)
}

describe('a plan', () => {
  test('shows both lanes, flex at half, and its own as its cost; a new plan of it goes the same way', async () => {
    const ids = await callsOf(2)
    const deadlineAt = new Date('2126-12-01T18:00:00Z')
    const planned = await plan(ids, { lane: 'flex' })
    const { lanes, ...estimate } = planned.estimate
    for (const key of ['costUsd', 'costUsdLow', 'costUsdHigh', 'costUsdAtMost'] as const) {
      expect(lanes?.flex[key]).toBeCloseTo((lanes?.standard[key] ?? 0) / 2, 12)
      expect(estimate[key]).toBe(lanes?.flex[key])
    }
    expect(lanes?.flex.seconds).toBeNull()
    const standard = await plan(ids, { lane: 'standard' })
    expect(standard.estimate).toMatchObject({ costUsd: lanes?.standard.costUsd, lanes })

    const late = await plan(ids, { lane: 'flex', deadlineAt })
    expect(late.estimate.costUsdAtMost).toBe(lanes?.standard.costUsdAtMost)
    const again = await useCases.replanBackfill({ id: late.id, actor })
    expect(again).toMatchObject({ lane: 'flex', deadlineAt })
  })

  test('that is made anew with a deadline that is over says so, and costs as much as standard', async () => {
    const planned = await plan(await callsOf(1), { lane: 'flex', deadlineAt: new Date(Date.now() + 20) })
    const now = () => new Date(Date.now() + 60_000)
    const deps = { ...world, now, warnRecords: 1_000 }
    const { estimate } = await replanBackfill(deps, { id: planned.id, actor })
    expect(estimate.warnings).toContainEqual(expect.stringMatching(/^the deadline .* is over: all of it goes to/))
    expect(estimate.costUsd).toBe(estimate.lanes?.standard.costUsd)
  })

  test('is refused where the provider has no flex, by name, where no model is asked, and for a deadline without flex', async () => {
    const ids = await callsOf(1)
    const planned = await plan(ids, { lane: 'flex' })
    const { profile } = model
    model.profile = { ...profile, name: 'groq', hasFlex: false }
    try {
      const refusal = {
        code: 'backfill.lane',
        status: 422,
        message: expect.stringContaining('(groq, http://127.0.0.1'),
      }
      await expect(plan(ids, { lane: 'flex' })).rejects.toMatchObject(refusal)
      await expect(useCases.startBackfill({ id: planned.id, actor })).rejects.toMatchObject(refusal)
      expect((await plan(ids, { lane: 'standard' })).estimate).not.toHaveProperty('lanes')
    } finally {
      model.profile = profile
    }
    const mapping = { filter: { kind: 'any' as const, conditions: [] }, actor, reason: 'test', mappingOnly: {} }
    await expect(useCases.planBackfill({ ...mapping, lane: { lane: 'flex' } })).rejects.toMatchObject({
      code: 'backfill.lane',
      status: 422,
    })
    await expect(plan(ids, { lane: 'standard', deadlineAt: new Date() })).rejects.toMatchObject({
      code: 'backfill.deadline',
      status: 422,
    })
  })
})

describe('a backfill by flex', () => {
  test('asks for it in every call, costs half, learns how long it takes, and its analyses are everybody’s', async () => {
    const ids = await callsOf(3)
    admin.set({ flexLatencyMs: 50 })
    const id = await started(ids, { lane: 'flex' })
    await workOn(world, id)
    expect(tiers()).toEqual(['flex', 'flex', 'flex'])
    const status = await useCases.backfillStatus(id)
    expect(status).toMatchObject({
      backfill: { state: 'done', lane: 'flex' },
      items: { outcomes: { ok: 3 } },
      lanes: { flex: 3, standard: 0, unavailable: 0 },
    })
    const { lanes } = status.backfill.estimate
    expect(status.items.costUsd).toBeGreaterThan(0)
    expect(status.items.costUsd).toBeLessThan(lanes?.standard.costUsdLow ?? 0)

    const next = await plan(await callsOf(1), { lane: 'flex' })
    expect(next.estimate.lanes?.flex.seconds).toBeGreaterThan(0.05)
    expect(next.estimate.lanes?.standard.seconds).toBeNull()

    admin.reset()
    const again = await started(ids, { lane: 'standard' })
    await workOn(world, again)
    expect(tiers()).toEqual([])
    expect(await useCases.backfillStatus(again)).toMatchObject({ items: { cached: 3 }, modelCalls: 0 })
  })

  test('asks again and again where there is no room, which is nobody’s outcome, and pauses nothing', async () => {
    const ids = await callsOf(2)
    admin.fault({ kind: 'resource_unavailable', times: 7 })
    const id = await started(ids, { lane: 'flex' })
    await workOn(world, id)
    expect(await useCases.backfillStatus(id)).toMatchObject({
      backfill: { state: 'done' },
      items: { outcomes: { ok: 2 }, reasons: {} },
      lanes: { flex: 2, standard: 0, unavailable: 7 },
      modelCalls: 9,
    })
  })

  test('waits longer each time it is refused', async () => {
    const [id = ''] = await callsOf(1)
    admin.fault({ kind: 'resource_unavailable', times: 4 })
    const backfillId = await started([id], { lane: 'flex' })
    await workOn(world, backfillId)
    const tries = db.selectFrom('attempts').select('started_at').where('conversation_id', '=', id).orderBy('id')
    const times = (await tries.execute()).map(({ started_at }) => started_at.getTime())
    const waits = times.slice(1).map((time, place) => time - (times[place] ?? 0))
    // Half of 20, 40, 80 and 160 ms at the least.
    expect(waits).toHaveLength(4)
    for (const [place, least] of [10, 20, 40, 80].entries()) expect(waits[place]).toBeGreaterThanOrEqual(least)
  })

  test('goes to the standard lane with what is late: what is still refused, and what is not begun', async () => {
    const ids = await callsOf(3)
    admin.fault({ kind: 'resource_unavailable', times: 1_000 })
    const id = await started(ids, { lane: 'flex' }, 1)
    const deadline_at = new Date(Date.now() + 1_000)
    await db.updateTable('backfills').set({ deadline_at }).where('id', '=', id).execute()
    await workOn(world, id)
    const { lanes, items } = await useCases.backfillStatus(id)
    expect(items.outcomes).toEqual({ ok: 3 })
    expect(lanes).toMatchObject({ flex: 0, standard: 3 })
    expect(lanes.unavailable).toBeGreaterThan(0)
    expect(tiers().slice(-3)).toEqual(['default', 'default', 'default'])
  })

  test('whose second try has no room pays for that one alone, when there is some', async () => {
    admin.fault({ kind: 'invalid_json' })
    admin.fault({ kind: 'resource_unavailable' })
    const id = await started(await callsOf(1), { lane: 'flex' })
    await workOn(world, id)
    expect(admin.state().outcomes).toEqual({ invalid_json: 1, resource_unavailable: 1, answered: 1 })
    expect(await useCases.backfillStatus(id)).toMatchObject({ items: { outcomes: { ok: 1 } } })
  })

  test('of a model that has none is paused, and says why', async () => {
    const id = await started(await callsOf(1), { lane: 'flex' })
    const azure = await startModelSandbox({ aliases: ['gpt-6-luna'], manners: { lacksFlex: true } })
    const { openai } = model.flex
    model.flex.openai = openai.withOptions({ baseURL: azure.url })
    try {
      await workOn(world, id)
    } finally {
      model.flex.openai = openai
      await azure.close()
    }
    expect(await useCases.backfillStatus(id)).toMatchObject({ backfill: { state: 'paused' }, items: { open: 1 } })
    const entries = db.selectFrom('audit_entries').select('after').where('action', '=', 'backfill.paused')
    expect(await entries.where('subject_id', '=', String(id)).execute()).toEqual([
      { after: { why: 'model.no_flex: the model provider has no flex tier for sandbox-extractive-1' } },
    ])
  })

  test('paused, begins no call within a second and keeps those under way; resumed meanwhile, goes on at once', async () => {
    const ids = await callsOf(6)
    admin.set({ flexLatencyMs: 2_500 })
    const id = await started(ids, { lane: 'flex' }, 1)
    const work = workOn(world, id)
    await expect.poll(() => admin.state().requests, patience).toBe(1)
    await useCases.pauseBackfill({ id, actor })
    await sleep(1_000)
    expect(admin.state()).toMatchObject({ requests: 1, inFlight: 1 })
    admin.set({ flexLatencyMs: 0 })
    await useCases.resumeBackfill({ id, actor })
    await useCases.setSpeed({ id, concurrency: 2, actor })
    // The first is still under way.
    await expect.poll(() => admin.state().requests, patience).toBeGreaterThan(1)
    expect(admin.state().inFlight).toBeGreaterThan(0)
    await work
    expect(await useCases.backfillStatus(id)).toMatchObject({
      backfill: { state: 'done' },
      items: { outcomes: { ok: 6 } },
      modelCalls: 6,
    })
  })

  test('paused while it waits for room, gives the conversation back at once', async () => {
    const ids = await callsOf(2)
    model.pace.flexBackoffMs = 60_000
    admin.fault({ kind: 'resource_unavailable', times: 2 })
    try {
      const id = await started(ids, { lane: 'flex' })
      const work = workOn(world, id)
      await expect.poll(() => admin.state().outcomes.resource_unavailable, patience).toBe(2)
      await useCases.pauseBackfill({ id, actor })
      await work
      expect(await useCases.backfillStatus(id)).toMatchObject({
        backfill: { state: 'paused' },
        items: { open: 2, claimed: 0, done: 0 },
      })
    } finally {
      model.pace.flexBackoffMs = 20
    }
  })
})
