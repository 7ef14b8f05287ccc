import { describe, expect, test } from 'vitest'
import { runPushes } from '../../../../src/sync/index.ts'
import { backfill } from '../../../support/backfills.ts'
import { call } from '../../../support/conversations.ts'
import { forgetProvider } from '../../../support/forget-provider.ts'
import { pushWhile } from '../../../support/pushes.ts'
import { rowsWritten } from '../../../support/records.ts'
import { limitsOf, perDay } from '../../../support/spender.ts'
import { openStage } from './stage.ts'

const {
  world,
  db,
  useCases,
  actor,
  model,
  models,
  ofMerge,
  newNumber,
  twoCalls,
  heldBy,
  why,
  decisionsOf,
  mergesOf,
  waits,
} = await openStage()

describe('trouble that passes', () => {
  test.each([
    ['a rate limit', { kind: 'status', status: 429, retryAfterSeconds: 90 }, 90, 'slow down'],
    ['an account out of credit', { kind: 'insufficient_quota' }, 300, 'no credit'],
    ['a server that fails', { kind: 'status', status: 503, times: 4 }, 60, 'http_503'],
    ['a request that is rejected', { kind: 'status', status: 422 }, 300, 'does not accept the request'],
    ['an answer that is cut', { kind: 'truncate' }, 3_600, 'truncated'],
    ['an answer that is no JSON', { kind: 'invalid_json' }, 3_600, 'invalid'],
  ] as const)('%s holds the cell alone: the others are written, and it is, later', async (_, fault, delay, reason) => {
    const { id, number, goal, second, merged } = await twoCalls()
    models.admin.fault({ ...fault, ...ofMerge })
    const { runId } = await world.rerun(second)
    expect(heldBy(id)).toEqual({ customer_goal: goal, plan_wanted: 'Pro' })
    expect(await decisionsOf(runId)).toMatchObject({
      customer_goal: { decision: 'held', why: expect.stringContaining(reason) },
      plan_wanted: { decision: 'write' },
    })
    expect(await why(number)).toMatchObject({ value: null, merged: { text: null } })
    const [wait = 0, ...others] = await waits()
    expect(others).toEqual([])
    expect(Math.abs(wait - delay)).toBeLessThan(15)

    const rows = rowsWritten(world)
    await forgetProvider(world)
    await world.push()
    expect(heldBy(id)).toEqual({ customer_goal: merged, plan_wanted: 'Pro' })
    expect(rowsWritten(world)).toBe(rows + 1)
    expect(await decisionsOf(runId)).toMatchObject({
      customer_goal: { decision: 'write' },
      plan_wanted: { decision: 'write' },
    })
    expect(await waits()).toEqual([])
  })

  test('what is said while a cell is held is pushed at once, and the cell with it', async () => {
    const { id, second, number, merged } = await twoCalls()
    const third = `${number} third`
    await world.take(call({ id: third, at: '2025-04-10T10:00:00Z', number, turns: ['My goal is a bench.'] }))
    await useCases.rerunConversation({ conversationId: second, actor, reason: 'test' })
    models.admin.fault({ kind: 'truncate', ...ofMerge })
    const before = () => useCases.rerunConversation({ conversationId: third, actor, reason: 'test' })
    await pushWhile(world, { before })
    expect(heldBy(id)).toEqual({ customer_goal: `${merged}\nMy goal is a bench`, plan_wanted: 'Pro' })
    expect(await waits()).toEqual([])
  })

  test('a provider that fails is not asked for the other records of the push', async () => {
    const numbers = Array.from({ length: 12 }, newNumber)
    const ids = world.account.createContacts(numbers.map((phone) => ({ properties: { phone } })))
    await world.importCrm()
    const calls = numbers.flatMap((number) => [
      call({ id: `${number} 1`, at: '2025-02-10T10:00:00Z', number, turns: [`My goal is house ${number.slice(-4)}.`] }),
      call({ id: `${number} 2`, at: '2025-03-10T10:00:00Z', number, turns: ['My goal is a garden.'] }),
    ])
    await world.take(...calls)
    models.admin.reset()
    models.admin.fault({ kind: 'insufficient_quota', times: 100, ...ofMerge })
    await backfill(world, ...numbers.flatMap((number) => [`${number} 1`, `${number} 2`]))
    expect(models.admin.state().outcomes.insufficient_quota).toBeLessThanOrEqual(8)
    models.admin.reset()
    await forgetProvider(world)
    await world.push()
    expect(ids.map((id) => heldBy(id).customer_goal)).toEqual(
      numbers.map((number) => `My goal is house ${number.slice(-4)}\nMy goal is a garden`),
    )
  })

  test('a provider that has recovered is asked again by the same pusher', async () => {
    const [held, since] = [await twoCalls(), await twoCalls()]
    models.admin.fault({ kind: 'status', status: 503, times: 4, ...ofMerge })
    const rerun = (conversationId: string) => useCases.rerunConversation({ conversationId, actor, reason: 'test' })
    await rerun(held.second)
    let passedMs = 0
    const before = async () => {
      if (passedMs > 0) return
      passedMs = 61_000
      await rerun(since.second)
    }
    await pushWhile(world, { before }, () => new Date(Date.now() + passedMs))
    expect([heldBy(held.id), heldBy(since.id)]).toEqual([
      { customer_goal: held.goal, plan_wanted: 'Pro' },
      { customer_goal: since.merged, plan_wanted: 'Pro' },
    ])
    await world.push()
    expect(heldBy(held.id).customer_goal).toBe(held.merged)
  })

  test('over a spending limit the cell is held and reported, and written once the limit is raised', async () => {
    const { id, second, merged } = await twoCalls()
    const { runId } = await useCases.rerunConversation({ conversationId: second, actor, reason: 'test' })
    model.limits = limitsOf({ installation: perDay(0.000_001) })
    await world.push()
    expect(heldBy(id)).toMatchObject({ plan_wanted: 'Pro' })
    expect(await decisionsOf(runId)).toMatchObject({
      customer_goal: { decision: 'held', why: expect.stringContaining('installation may spend') },
    })
    expect(await runPushes(db, runId)).toMatchObject({ decisions: { held: 1, write: 1 }, waiting: 1 })
    expect(await mergesOf(runId)).toEqual([])

    model.limits = limitsOf()
    await world.push()
    expect(heldBy(id)).toEqual({ customer_goal: merged, plan_wanted: 'Pro' })
    expect(await runPushes(db, runId)).toMatchObject({ decisions: { write: 2 }, waiting: 0 })
  })
})
