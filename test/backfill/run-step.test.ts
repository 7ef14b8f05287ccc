import { setTimeout as sleep } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { beforeEach, describe, expect, test } from 'vitest'
import { down, up } from '../../migrations/0035_backfill_counts.ts'
import { runStep } from '../../src/backfill/index.ts'
import { transact } from '../../src/db/index.ts'
import { expectCountersKept, planOf, workOn } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { forgetProvider } from '../support/forget-provider.ts'
import { createPlanWorld } from '../support/plan-world.ts'
import { addContact } from '../support/records.ts'

const world = await createPlanWorld()
const { db, useCases, actor } = world
const { admin } = world.models
const patience = { interval: 5, timeout: 10_000 }

beforeEach(async () => {
  admin.reset()
  await forgetProvider(world)
})

/** A contact with calls of April, one a day, each about the plan it names; `ids` are the calls'. */
async function contactWith(number: string, ...plans: string[]) {
  const record = await addContact(world, { properties: { phone: number }, at: '2025-01-15T09:00:00Z' })
  const ids = plans.map((_, day) => `${number} ${day + 1}`)
  const calls = plans.map((wanted, day) =>
    call({ id: ids[day] ?? '', at: `2025-04-0${day + 1}T10:00:00Z`, number, turns: [`I want the ${wanted} plan.`] }),
  )
  await world.take(...calls)
  return { ids, planWanted: () => world.held(record).plan_wanted }
}

async function started(...ids: string[]) {
  const id = await planOf(world, ...ids)
  await useCases.startBackfill({ id, actor })
  return id
}

/** As when a person has it erased: whatever hangs on it goes with it. */
async function deleteConversation(id: string) {
  await db.deleteFrom('conversations').where('id', '=', id).execute()
}

describe('a `stop` of the model', () => {
  test('pauses the backfill, with the reason in the audit, and it can be resumed', async () => {
    const { ids, planWanted } = await contactWith('+12125550101', 'Basic', 'Pro')
    const id = await started(...ids)
    admin.fault({ kind: 'status', status: 403 })
    await workOn(world, id)
    expect(await useCases.backfillStatus(id)).toMatchObject({
      backfill: { state: 'paused' },
      items: { done: 0, open: 2, claimed: 0 },
    })
    const entries = db.selectFrom('audit_entries').select(['actor', 'after']).where('action', '=', 'backfill.paused')
    expect(await entries.where('subject_id', '=', String(id)).execute()).toEqual([
      {
        actor: 'system:backfill',
        after: { why: expect.stringMatching(/^model\.forbidden: the model provider does not let this key use/) },
      },
    ])

    await useCases.resumeBackfill({ id, actor })
    await workOn(world, id)
    await world.push()
    expect(planWanted()).toBe('Pro')
    expect(await useCases.backfillStatus(id)).toMatchObject({ backfill: { state: 'done' }, settled: true })
  })
})

describe('a conversation deleted midway', () => {
  test('is skipped while its call is in flight; the others of its contact are pushed', async () => {
    const { ids, planWanted } = await contactWith('+12125550111', 'Basic', 'Pro')
    const [, last = ''] = ids
    const id = await started(...ids)
    admin.set({ latencyMs: 200 })
    const work = workOn(world, id)
    await expect.poll(() => admin.state().requests, patience).toBe(2)
    await deleteConversation(last)
    await work
    await expectCountersKept(db)
    admin.set({ latencyMs: 0 })
    await world.push()
    expect(planWanted()).toBe('Basic')
    expect(await useCases.backfillStatus(id)).toMatchObject({
      backfill: { state: 'done' },
      items: { total: 1, outcomes: { ok: 1 } },
      pushes: { held: 0, waiting: 0 },
      settled: true,
    })
  })

  test('before anybody took it up keeps nothing of its contact waiting for it', async () => {
    const { ids, planWanted } = await contactWith('+12125550112', 'Basic', 'Pro')
    const [, last = ''] = ids
    const id = await started(...ids)
    const stopping = new AbortController()
    const firstCall = workOn(world, id, stopping.signal)
    admin.set({ latencyMs: 100 })
    await expect.poll(() => admin.state().requests, patience).toBeGreaterThan(0)
    stopping.abort()
    await firstCall
    admin.set({ latencyMs: 0 })
    expect(await useCases.backfillStatus(id)).toMatchObject({ items: { done: 1, open: 1 }, pushes: { held: 1 } })
    await deleteConversation(last)
    await workOn(world, id)
    await world.push()
    expect(planWanted()).toBe('Basic')
    expect(await useCases.backfillStatus(id)).toMatchObject({ pushes: { held: 0, waiting: 0 }, settled: true })
  })
})

describe('a holder', () => {
  const signal = new AbortController().signal
  const deps = { ...world, now: () => new Date() }

  async function claim(backfillId: number, seq: number, holder: string) {
    const item = db.updateTable('backfill_items').set({ state: 'claimed', claimed_by: holder })
    await item.where('backfill_id', '=', backfillId).where('seq', '=', seq).execute()
  }

  test('first takes what one of its name has left behind, and nothing of another', async () => {
    const { ids } = await contactWith('+12125550121', 'Basic', 'Pro', 'Team')
    const id = await started(...ids)
    await claim(id, 1, 'lane 0')
    await claim(id, 2, 'lane 1')
    expect(await runStep(deps, { backfillId: id, holder: 'lane 0' }, signal)).toEqual({ more: false })
    expect(await useCases.backfillStatus(id)).toMatchObject({
      backfill: { state: 'running' },
      items: { done: 2, open: 0, claimed: 1 },
    })
    expect(await runStep(deps, { backfillId: id, holder: 'lane 1' }, signal)).toEqual({ more: false })
    expect(await useCases.backfillStatus(id)).toMatchObject({ backfill: { state: 'done' }, items: { done: 3 } })
    expect(admin.state().requests).toBe(3)
  })

  test('of a backfill that does not run does nothing', async () => {
    const { ids } = await contactWith('+12125550122', 'Basic')
    const id = await planOf(world, ...ids)
    expect(await runStep(deps, { backfillId: id, holder: 'lane 0' }, signal)).toEqual({ more: false })
    await useCases.startBackfill({ id, actor })
    await useCases.pauseBackfill({ id, actor })
    expect(await runStep(deps, { backfillId: id, holder: 'lane 0' }, signal)).toEqual({ more: false })
    expect(admin.state().requests).toBe(0)
  })

  test('that is told to stop keeps what it has asked for and puts the rest back', async () => {
    const { ids } = await contactWith('+12125550123', 'Basic', 'Pro', 'Team')
    const id = await started(...ids)
    admin.set({ latencyMs: 150 })
    const stopping = new AbortController()
    const step = runStep(deps, { backfillId: id, holder: 'lane 0' }, stopping.signal)
    await expect.poll(() => admin.state().requests, patience).toBe(1)
    stopping.abort()
    expect(await step).toEqual({ more: true })
    admin.set({ latencyMs: 0 })
    expect((await useCases.backfillStatus(id)).items).toMatchObject({ done: 1, open: 2, claimed: 0 })
  })
})

describe('within a second', () => {
  const within = { interval: 20, timeout: 1_000 }

  test('a pause keeps every call from beginning, also one that waits for its turn; what is in flight is kept', async () => {
    const { ids } = await contactWith('+12125550141', 'Basic', 'Pro', 'Team')
    const id = await started(...ids)
    // The first is told to wait for longer than the pause gives it.
    admin.fault({ kind: 'status', status: 429, retryAfterSeconds: 2, times: 1 })
    const work = workOn(world, id)
    await expect.poll(() => admin.state().requests, patience).toBe(1)
    await useCases.pauseBackfill({ id, actor })
    const answeredAt = Date.now()
    await work
    expect(Date.now() - answeredAt).toBeLessThan(1_500)
    await sleep(2_500)
    expect(admin.state().requests).toBe(1)
    expect((await useCases.backfillStatus(id)).items).toMatchObject({ done: 0, open: 3, claimed: 0 })
    await expectCountersKept(db)
    await useCases.cancelBackfill({ id, actor })
  })

  test('another speed is taken up, more of it and less', async () => {
    const plans = Array.from({ length: 9 }, () => 'Pro')
    const { ids } = await contactWith('+12125550142', ...plans)
    const id = await started(...ids)
    admin.set({ latencyMs: 1_500 })
    const work = workOn(world, id)
    await expect.poll(() => admin.state().inFlight, patience).toBe(1)
    expect(await useCases.setSpeed({ id, concurrency: 4, actor })).toMatchObject({ id, concurrency: 4 })
    await expect.poll(() => admin.state().inFlight, within).toBe(4)
    await useCases.setSpeed({ id, concurrency: 1, actor })
    await expect.poll(() => admin.state().inFlight, patience).toBe(1)
    expect(admin.state().requests).toBeLessThan(9)
    admin.set({ latencyMs: 0 })
    await work
    expect(await useCases.backfillStatus(id)).toMatchObject({ backfill: { state: 'done' }, items: { done: 9 } })
    const entries = db.selectFrom('audit_entries').select(['before', 'after']).where('action', '=', 'backfill.speed')
    expect(await entries.where('subject_id', '=', String(id)).orderBy('id').execute()).toEqual([
      { before: { concurrency: 1 }, after: { concurrency: 4 } },
      { before: { concurrency: 4 }, after: { concurrency: 1 } },
    ])
    const again = { id, concurrency: 2, actor }
    await expect(useCases.setSpeed(again)).rejects.toMatchObject({ code: 'backfill.state', status: 409 })
    const none = { id, concurrency: 0, actor }
    await expect(useCases.setSpeed(none)).rejects.toMatchObject({ code: 'backfill.concurrency', status: 422 })
  })
})

describe('the counters of a backfill', () => {
  test('stay those of its items while conversations are deleted under it, of several at once', async () => {
    const { ids } = await contactWith('+12125550131', 'Basic', 'Pro', 'Team')
    const [first = '', second = '', third = ''] = ids
    const [one, two] = [await started(...ids), await started(...ids)]
    await workOn(world, one)
    await Promise.all([workOn(world, two), deleteConversation(first), deleteConversation(second)])
    await expectCountersKept(db)
    expect((await useCases.backfillStatus(one)).items).toMatchObject({ total: 1, done: 1, outcomes: { ok: 1 } })
    await deleteConversation(third)
    await expectCountersKept(db)
    expect((await useCases.backfillStatus(two)).items).toMatchObject({ total: 0, done: 0, outcomes: {}, costUsd: 0 })
  })

  test('nobody waits for: who finds one locked adds to another', async () => {
    // Of two contacts: those of one are counted one after another beside it.
    const told = [await contactWith('+12125550132', 'Basic'), await contactWith('+12125550134', 'Pro')]
    const [first = '', second = ''] = told.flatMap(({ ids }) => ids)
    const id = await started(first, second)
    await transact(db, async (trx) => {
      await trx.deleteFrom('conversations').where('id', '=', first).execute()
      await deleteConversation(second)
    })
    await expectCountersKept(db)
    expect(await useCases.backfillStatus(id)).toMatchObject({ items: { total: 0, open: 0 } })
  })

  test('are filled by their migration for the backfills there are', async () => {
    const { ids } = await contactWith('+12125550133', 'Basic', 'Pro')
    const id = await started(...ids)
    await workOn(world, id)
    await transact(db, async (trx) => {
      // A migration knows no table of ours.
      const old = trx as unknown as Kysely<unknown>
      await down(old)
      await up(old)
    })
    await expectCountersKept(db)
    expect((await useCases.backfillStatus(id)).items).toMatchObject({ total: 2, done: 2 })
  })
})
