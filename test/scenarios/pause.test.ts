import { describe, expect, test } from 'vitest'
import { undoRun } from '../../src/sync/index.ts'
import { kinds } from '../support/accounts/account.ts'
import { planOf, workOn, workUntil } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, plan } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { markAll, pushWhile } from '../support/pushes.ts'
import { addContact, textField } from '../support/records.ts'
import { createWorldOn } from '../support/world.ts'

describe.each(kinds)('on %s', async (kind) => {
  const world = await createWorldOn([kind])
  world.account.defineProperties([textField('plan_wanted')])
  await useRules(world, { from: 'plan', to: 'plan_wanted' })
  await ask(world, plan)
  const { useCases, actor } = world

  /** A running backfill over contacts with a call each: the first is analysed, and nothing is pushed. */
  async function begunBackfill(...numbers: string[]) {
    const records: string[] = []
    for (const number of numbers) {
      records.push(await addContact(world, { properties: { phone: number }, at: '2025-01-15T09:00:00Z' }))
      await world.take(call({ id: number, at: '2025-04-10T10:00:00Z', number, turns: ['I want the Pro plan.'] }))
    }
    const id = await planOf(world, ...numbers)
    const { runId } = await useCases.startBackfill({ id, actor })
    await workUntil(world, id, 1)
    return { id, runId: Number(runId), plans: () => records.map((record) => world.held(record).plan_wanted) }
  }

  /** Where a backfill stands, in the numbers that pausing moves. */
  async function statusOf(id: number) {
    const { backfill, items, pushes, settled } = await useCases.backfillStatus(id)
    const { waiting, held, recordsWritten } = pushes
    return { state: backfill.state, done: items.done, waiting, held, recordsWritten, settled }
  }

  async function undo(runId: number) {
    const undone = await undoRun(world, { runId, actor, reason: 'test' })
    await world.push()
    return undone.runId
  }

  const nobody = undefined

  test('a pause holds what is not pushed and takes up nothing new; resuming releases it', async () => {
    const { id, plans } = await begunBackfill('+12125550171', '+12125550172', '+12125550173')
    const begun = { done: 1, recordsWritten: 0, settled: false }
    expect(await statusOf(id)).toEqual({ ...begun, state: 'running', waiting: 1, held: 0 })

    await useCases.pauseBackfill({ id, actor })
    await workOn(world, id)
    await world.push()
    expect(plans()).toEqual([nobody, nobody, nobody])
    expect(await statusOf(id)).toEqual({ ...begun, state: 'paused', waiting: 0, held: 1 })

    await useCases.resumeBackfill({ id, actor })
    expect(await statusOf(id)).toEqual({ ...begun, state: 'running', waiting: 1, held: 0 })
    await workOn(world, id)
    await world.push()
    expect(plans()).toEqual(['Pro', 'Pro', 'Pro'])
    expect(await statusOf(id)).toEqual({
      state: 'done',
      done: 3,
      waiting: 0,
      held: 0,
      recordsWritten: 3,
      settled: true,
    })
  })

  test('a call in flight when it is paused is kept, and held', async () => {
    const { id, plans } = await begunBackfill('+12125550174', '+12125550175', '+12125550176')
    world.models.admin.set({ latencyMs: 200 })
    const asked = world.models.admin.state().requests
    const work = workOn(world, id)
    await expect.poll(() => world.models.admin.state().requests, { interval: 5 }).toBe(asked + 1)
    await useCases.pauseBackfill({ id, actor })
    await work
    world.models.admin.set({ latencyMs: 0 })
    await world.push()
    expect(plans()).toEqual([nobody, nobody, nobody])
    expect(await statusOf(id)).toMatchObject({ state: 'paused', done: 2, waiting: 0, held: 2 })
    await useCases.resumeBackfill({ id, actor })
    await workOn(world, id)
    await world.push()
    expect(plans()).toEqual(['Pro', 'Pro', 'Pro'])
  })

  test('a cancelled backfill leaves what it pushed and drops the rest, for good', async () => {
    const { id, runId, plans } = await begunBackfill('+12125550177', '+12125550178', '+12125550179')
    await world.push()
    await workUntil(world, id, 1)
    await useCases.cancelBackfill({ id, actor })
    await workOn(world, id)
    await world.push()
    const end = { state: 'cancelled', done: 2, waiting: 0, held: 0, recordsWritten: 1, settled: true }
    expect(plans()).toEqual(['Pro', nobody, nobody])
    expect(await statusOf(id)).toEqual(end)
    await expect(useCases.resumeBackfill({ id, actor })).rejects.toMatchObject({ code: 'backfill.state', status: 409 })

    const undone = await undo(runId)
    expect(plans()).toEqual([nobody, nobody, nobody])
    await undo(undone)
    expect(plans()).toEqual(['Pro', nobody, nobody])
  })

  test.for([
    { stop: useCases.pauseBackfill, state: 'paused', numbers: ['+12125550184', '+12125550185'] },
    { stop: useCases.cancelBackfill, state: 'cancelled', numbers: ['+12125550186', '+12125550187'] },
  ])('what is on its way to the CRM when the backfill is $state has been pushed', async ({ stop, state, numbers }) => {
    const { id, plans } = await begunBackfill(...numbers)
    await pushWhile(world, { before: () => stop({ id, actor }) })
    expect(plans()).toEqual(['Pro', nobody])
    expect(await statusOf(id)).toMatchObject({ state, waiting: 0, held: 0, recordsWritten: 1 })
    await markAll(world)
    await world.push()
    expect(plans()).toEqual(['Pro', nobody])
  })

  test.for([
    { stop: useCases.pauseBackfill, state: 'paused', numbers: ['+12125550191', '+12125550192'], held: 1 },
    { stop: useCases.cancelBackfill, state: 'cancelled', numbers: ['+12125550193', '+12125550194'], held: 0 },
  ])('what was only read for when the backfill is $state is not written', async ({ stop, state, numbers, held }) => {
    const { id, plans } = await begunBackfill(...numbers)
    const written = world.account.count('write').calls
    let stopped: unknown
    await pushWhile(world, { reading: async () => (stopped ??= await stop({ id, actor })) })
    expect(plans()).toEqual([nobody, nobody])
    expect(world.account.count('write').calls).toBe(written)
    expect(await statusOf(id)).toMatchObject({ state, waiting: 0, held, recordsWritten: 0 })
    const open = world.db.selectFrom('ledger').select('id').where('outcome', 'is', null)
    expect(await open.execute()).toEqual([])
    if (state !== 'paused') return
    await useCases.resumeBackfill({ id, actor })
    await workOn(world, id)
    await world.push()
    expect(plans()).toEqual(['Pro', 'Pro'])
  })

  test('what is held stays held when the paused backfill is undone and brought back', async () => {
    const { id, runId, plans } = await begunBackfill('+12125550181', '+12125550182', '+12125550183')
    await useCases.pauseBackfill({ id, actor })
    const undone = await undo(runId)
    await expect(useCases.resumeBackfill({ id, actor })).rejects.toMatchObject({ code: 'backfill.undone', status: 409 })
    await undo(undone)
    expect(plans()).toEqual([nobody, nobody, nobody])
    expect(await statusOf(id)).toMatchObject({ state: 'paused', waiting: 0, held: 1 })
    await useCases.resumeBackfill({ id, actor })
    await workOn(world, id)
    await world.push()
    expect(plans()).toEqual(['Pro', 'Pro', 'Pro'])
  })
})
