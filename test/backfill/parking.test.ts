import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { goOnWithParked, runStep } from '../../src/backfill/index.ts'
import { planOf, workOn, workUntil } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, plan } from '../support/items.ts'
import { createPlanWorld } from '../support/plan-world.ts'
import { addContact } from '../support/records.ts'
import { dearer, limitsOf, perDay, perMonth } from '../support/spender.ts'

const world = await createPlanWorld()
const { db, useCases, actor, model } = world
const { admin } = world.models

beforeEach(async () => {
  admin.reset()
  model.limits = limitsOf()
  await db.deleteFrom('budgets').execute()
  await db
    .updateTable('attempts')
    .set({ started_at: new Date('2020-01-01') })
    .execute()
})

let contacts = 0
/** A running backfill over so many contacts with a call each. */
async function started(size: number, concurrency = 1, maxCostUsd: number | null = null) {
  const records: string[] = []
  const ids: string[] = []
  for (; records.length < size; contacts++) {
    const number = `+1212555${1000 + contacts}`
    ids.push(number)
    records.push(await addContact(world, { properties: { phone: number }, at: '2025-01-15T09:00:00Z' }))
    await world.take(call({ id: number, at: '2025-04-10T10:00:00Z', number, turns: ['I want the Pro plan.'] }))
  }
  const id = await planOf(world, ...ids)
  if (maxCostUsd !== null) await useCases.setMaxCost({ id, maxCostUsd, actor })
  await db.updateTable('backfills').set({ concurrency }).where('id', '=', id).execute()
  await useCases.startBackfill({ id, actor })
  return { id, plans: () => records.map((record) => world.held(record).plan_wanted) }
}

async function statusOf(id: number) {
  const { backfill, items } = await useCases.backfillStatus(id)
  const { done, open, claimed, outcomes } = items
  return { state: backfill.state, parked: backfill.parked, done, open, claimed, outcomes }
}

async function spentUsd(): Promise<number> {
  const { scopes } = await useCases.reportSpending()
  return scopes.find(({ scope, period }) => scope === 'installation' && period === 'day')?.spentUsd ?? 0
}

/** What one call of this file reserves at most: the bound of the newest attempt. */
async function reservationUsd(): Promise<number> {
  const newest = db.selectFrom('attempts').select('reserved_usd').orderBy('id', 'desc')
  return (await newest.executeTakeFirstOrThrow()).reserved_usd ?? 0
}

describe('a backfill that meets a limit', () => {
  test('is parked with its items open again, goes on by itself when the limit is raised, and pays nothing twice', async () => {
    const { id, plans } = await started(12, 4)
    model.limits = limitsOf({ installation: perDay(0.003) })
    await workOn(world, id)
    const parked = await statusOf(id)
    expect(parked).toMatchObject({
      state: 'running',
      parked: { why: expect.stringContaining('installation may spend'), until: expect.any(Date) },
      claimed: 0,
      outcomes: { ok: parked.done },
    })
    expect(parked.done).toBeGreaterThan(0)
    expect(parked.open).toBe(12 - parked.done)
    expect(await spentUsd()).toBeLessThanOrEqual(0.003)
    expect(await spentUsd()).toBeGreaterThanOrEqual(0.003 - (await reservationUsd()))
    expect(admin.state().requests).toBe(parked.done)
    // What it has found is not parked.
    await world.push()
    expect(plans().filter((wanted) => wanted === 'Pro')).toHaveLength(parked.done)

    await goOnWithParked(world)
    expect(await statusOf(id)).toEqual(parked)
    await workOn(world, id)
    expect(admin.state().requests).toBe(parked.done)

    model.limits = limitsOf({ installation: perDay(1) })
    await goOnWithParked(world)
    await workOn(world, id)
    await world.push()
    expect(await statusOf(id)).toMatchObject({ state: 'done', parked: null, done: 12, outcomes: { ok: 12 } })
    expect(plans()).toEqual(Array(12).fill('Pro'))
    expect(admin.state().requests).toBe(12)
    const entries = await db.selectFrom('audit_entries').select('action').where('subject_id', '=', String(id)).execute()
    const actions = entries.map(({ action }) => action).filter((action) => /parked|goes_on/.test(action))
    expect(actions).toEqual(['backfill.parked', 'backfill.goes_on'])
  })

  test('goes on by itself when the day is over', async () => {
    const { id } = await started(2)
    model.limits = limitsOf({ installation: perDay((await reservationUsd()) * 1.05) })
    const clock = { now: new Date('2026-03-04T10:00:00Z') }
    const deps = { ...world, now: () => clock.now }
    const step = () => runStep(deps, { backfillId: id, holder: 'test' }, new AbortController().signal)
    while ((await step()).more);
    expect(await statusOf(id)).toMatchObject({ parked: { until: new Date('2026-03-05T00:00:00Z') }, done: 1 })
    clock.now = new Date('2026-03-04T23:59:59Z')
    await goOnWithParked(deps)
    expect(await statusOf(id)).toMatchObject({ parked: expect.any(Object) })
    clock.now = new Date('2026-03-05T00:00:00Z')
    await goOnWithParked(deps)
    expect(await statusOf(id)).toMatchObject({ parked: null })
    while ((await step()).more);
    expect(await statusOf(id)).toMatchObject({ state: 'done', done: 2 })
  })

  test('can be paused, resumed and cancelled while it is parked; resumed, it tries again', async () => {
    const { id } = await started(2)
    model.limits = limitsOf({ installation: perMonth(0) })
    await workOn(world, id)
    expect(await statusOf(id)).toMatchObject({ parked: { why: expect.stringContaining('a month') }, done: 0, open: 2 })
    await useCases.pauseBackfill({ id, actor })
    await goOnWithParked(world)
    expect(await statusOf(id)).toMatchObject({ state: 'paused', parked: null })
    await useCases.resumeBackfill({ id, actor })
    await workOn(world, id)
    expect(await statusOf(id)).toMatchObject({ state: 'running', parked: expect.any(Object) })
    await useCases.cancelBackfill({ id, actor })
    expect(await statusOf(id)).toMatchObject({ state: 'cancelled', parked: null, open: 2 })
    expect(admin.state().requests).toBe(0)
  })

  test('is warned of when it is planned', async () => {
    const { id } = await started(3)
    const filter = (await useCases.backfillStatus(id)).backfill.filter
    await ask(world, plan, { type: 'string', name: 'note', description: 'Another prompt.' })
    expect((await useCases.planBackfill({ filter, actor, reason: 'x' })).estimate.warnings).toEqual([])
    model.limits = limitsOf({ installation: { usdPerDay: 0.0001, usdPerMonth: 100 } })
    const { estimate } = await useCases.planBackfill({ filter, actor, reason: 'x' })
    expect(estimate.warnings).toEqual([expect.stringContaining('installation may spend this day, $0.00010 are left')])
    await ask(world, plan)
  })
})

/** What the calls of a backfill have cost, by its attempts. */
async function costUsd(id: number): Promise<number> {
  const { runId } = (await useCases.backfillStatus(id)).backfill
  const attempts = db.selectFrom('attempts').where('run_id', '=', runId)
  const { usd } = await attempts.select((eb) => eb.fn.sum<number>('cost_usd').as('usd')).executeTakeFirstOrThrow()
  return Number(usd)
}

describe('a backfill that may cost so much in all', () => {
  test('spends up to $1.00 with 50 calls in flight, stops cleanly, and pays nothing twice when it may cost more', async () => {
    const { prices } = model
    onTestFinished(() => void Object.assign(model, { prices }))
    model.prices = dearer(prices, 160)
    admin.set({ latencyMs: 20 })
    const { id, plans } = await started(80, 50, 1)
    await workOn(world, id)
    const stopped = await statusOf(id)
    expect(stopped).toMatchObject({
      state: 'running',
      parked: { until: null, why: expect.stringContaining(`backfill:${id} may spend $1.00 in all`) },
      claimed: 0,
      outcomes: { ok: stopped.done },
    })
    expect(stopped.open).toBe(80 - stopped.done)
    const spent = await costUsd(id)
    expect(spent).toBeLessThanOrEqual(1)
    expect(spent).toBeGreaterThanOrEqual((1 - (await reservationUsd())) * 0.98)
    expect(admin.state().requests).toBe(stopped.done)
    const { scopes } = await useCases.reportSpending()
    expect(scopes.find(({ period }) => period === 'total')).toMatchObject({
      scope: `backfill:${id}`,
      capUsd: 1,
      spentUsd: expect.closeTo(spent, 8),
      reservedUsd: 0,
      resetsAt: null,
    })
    // It waits for a person, not for a clock.
    await goOnWithParked({ ...world, now: () => new Date(Date.now() + 400 * 86_400_000) })
    expect(await statusOf(id)).toEqual(stopped)
    await expect(useCases.resumeBackfill({ id, actor })).rejects.toMatchObject({ code: 'backfill.state' })

    // Less than before: it stays where it is.
    const { parked } = await useCases.setMaxCost({ id, maxCostUsd: 0.5, actor })
    expect(parked).not.toBeNull()
    expect(await useCases.setMaxCost({ id, maxCostUsd: 20, actor })).toMatchObject({ state: 'running', parked: null })
    await workOn(world, id)
    await world.push()
    expect(await statusOf(id)).toMatchObject({ state: 'done', done: 80, outcomes: { ok: 80 } })
    expect(plans()).toEqual(Array(80).fill('Pro'))
    expect(admin.state().requests).toBe(80)
    const entries = await db
      .selectFrom('audit_entries')
      .select(['action', 'before', 'after'])
      .where('subject_id', '=', String(id))
      .where('action', '=', 'backfill.max_cost')
      .orderBy('id')
      .execute()
    expect(entries.map(({ before, after }) => [before, after])).toEqual([
      [{ maxCostUsd: null }, { maxCostUsd: 1 }],
      [{ maxCostUsd: 1 }, { maxCostUsd: 0.5 }],
      [{ maxCostUsd: 0.5 }, { maxCostUsd: 20 }],
    ])
    await expect(useCases.setMaxCost({ id, maxCostUsd: 2, actor })).rejects.toMatchObject({ code: 'backfill.state' })
  })

  test('keeps to the limits of others, too, and they to what it costs', async () => {
    const { id } = await started(4, 2, 1)
    model.limits = limitsOf({ installation: perDay(1) })
    await workOn(world, id)
    expect(await statusOf(id)).toMatchObject({ state: 'done', done: 4 })
    const { scopes } = await useCases.reportSpending()
    const installation = scopes.find(({ scope, period }) => scope === 'installation' && period === 'day')
    expect(installation).toMatchObject({ spentUsd: expect.closeTo(await costUsd(id), 8), reservedUsd: 0 })
  })

  test('one that is capped while it runs stops there; one of another id is none of it', async () => {
    const [one, other] = [await started(3), await started(2)]
    await workUntil(world, one.id, 1)
    await useCases.setMaxCost({ id: one.id, maxCostUsd: 0.00001, actor })
    await Promise.all([workOn(world, one.id), workOn(world, other.id)])
    const { done, parked } = await statusOf(one.id)
    expect(parked).toMatchObject({ until: null })
    expect(done).toBeLessThan(3)
    expect(await statusOf(other.id)).toMatchObject({ state: 'done', done: 2 })
    await useCases.setMaxCost({ id: one.id, maxCostUsd: null, actor })
    await workOn(world, one.id)
    expect(await statusOf(one.id)).toMatchObject({ state: 'done', done: 3 })
  })

  test('is warned of at the plan, planned again with the same, and must be above nothing', async () => {
    const { id } = await started(3)
    const filter = (await useCases.backfillStatus(id)).backfill.filter
    await ask(world, plan, { type: 'string', name: 'note', description: 'One more prompt.' })
    const planned = await useCases.planBackfill({ filter, actor, reason: 'x', guards: { maxCostUsd: 0.0001 } })
    expect(planned.estimate.warnings).toEqual([expect.stringContaining('it may spend $0.00010 and stops there')])
    expect((await useCases.replanBackfill({ id: planned.id, actor })).guards).toEqual({ maxCostUsd: 0.0001 })
    await expect(useCases.setMaxCost({ id, maxCostUsd: 0, actor })).rejects.toMatchObject({ code: 'backfill.max_cost' })
    await ask(world, plan)
  })
})

test('without a limit no budget is kept', async () => {
  const { id } = await started(1)
  await workOn(world, id)
  expect(await statusOf(id)).toMatchObject({ state: 'done' })
  expect(await db.selectFrom('budgets').selectAll().execute()).toEqual([])
})
