import { describe, expect, test } from 'vitest'
import { findContact } from '../../../src/contacts/index.ts'
import { kinds } from '../../support/accounts/account.ts'
import { backfill } from '../../support/backfills.ts'
import { call } from '../../support/conversations.ts'
import { ask, plan } from '../../support/items.ts'
import { mappingFor } from '../../support/mappings.ts'
import { markAll } from '../../support/pushes.ts'
import { createWorld } from '../../support/world.ts'
import { all, openCallers } from './callers.ts'

// ENGINE.md section 6, scenario 6.
describe.each(kinds)('on %s', async (kind) => {
  const {
    world,
    account,
    steps,
    useAll,
    caller,
    cellsOf,
    settle,
    remove,
    undo,
    report,
    pushAgain,
    settleOnly,
    endGrace,
  } = await openCallers(kind)
  const { useCases, actor } = world

  describe('retention of all conversations', () => {
    test('changes no CRM field, also after the next call and the undo of a run', async () => {
      const { id, number, calls, runId } = await caller()
      expect(cellsOf(id)).toEqual(all)
      const planned = await useCases.planRetention()
      const settled = await settle()
      expect(settled).toMatchObject({ settled: planned.settled, left: 0 })
      expect(settled.settled).toBeGreaterThanOrEqual(3)
      expect(await pushAgain()).toBe(0)
      expect(cellsOf(id)).toEqual(all)
      expect(await report(call(calls[0] ?? { id: '', at: '', turns: [] }))).toMatchObject({ dropped: 1, stored: 0 })

      const next = { id: `${number} next`, at: '2025-07-10T10:00:00Z', number, turns: ['I want the Pro plan.'] }
      await world.take(call(next))
      await world.rerun(next.id)
      expect(cellsOf(id)).toEqual({ ...all, plan_wanted: 'Pro', plans_named: 4 })
      const undone = await undo(runId)
      expect(cellsOf(id)).toEqual({ ...all, plan_wanted: 'Pro', plans_named: 4 })
      await undo(undone)
      await settle()
      expect(await pushAgain()).toBe(0)
      expect(cellsOf(id)).toEqual({ ...all, plan_wanted: 'Pro', plans_named: 4 })
      const { records } = await useCases.explainField({ contact: number, field: account.nameOf('first_plan') })
      expect(records[0]?.timeline.map(({ kind, value, decides }) => ({ kind, value, decides }))).toEqual([
        { kind: 'settled', value: 'Basic', decides: true },
        { kind: 'settled', value: 'Pro', decides: false },
        { kind: 'settled', value: 'Team', decides: false },
        { kind: 'settled', value: 'Pro', decides: false },
      ])
    })

    test('leaves what a rep typed, and lets a later rep win', async () => {
      const { id } = await caller()
      account.edit({ id, properties: { plan_wanted: 'Typed' }, as: 'person' })
      await pushAgain()
      await settle()
      expect(await pushAgain()).toBe(0)
      expect(cellsOf(id)).toEqual({ ...all, plan_wanted: 'Typed' })
      account.edit({ id, properties: { plan_wanted: '' }, as: 'person' })
      await pushAgain()
      expect(cellsOf(id)).toEqual({ ...all, plan_wanted: undefined })
    })

    test('an earlier conversation that a backfill names later comes before what was settled', async () => {
      const { id, number } = await caller()
      const early = { id: `${number} early`, at: '2025-02-10T10:00:00Z', number, turns: ['I want the Pro plan.'] }
      await settle()
      await world.take(call(early))
      await backfill(world, early.id)
      expect(cellsOf(id)).toEqual({ ...all, first_plan: 'Pro', plans_named: 4 })
    })

    test('after a deletion, whose share stays away', async () => {
      const { id, calls } = await caller()
      await remove(calls[2]?.id ?? '')
      await world.push()
      await settle()
      expect(await pushAgain()).toBe(0)
      expect(cellsOf(id)).toEqual({ ...all, plan_wanted: 'Pro', plans_named: 2 })
    })

    test('what waits for its push is left for later', async () => {
      const { id, number } = await caller()
      await settle()
      const waiting = { id: `${number} waiting`, at: '2025-09-10T10:00:00Z', number, turns: ['I want the Basic plan.'] }
      await world.take(call(waiting))
      await useCases.rerunConversation({ conversationId: waiting.id, actor, reason: 'test' })
      expect(await settle()).toMatchObject({ runId: null, settled: 0, left: 1 })
      await world.push()
      expect(await settle()).toMatchObject({ settled: 1, left: 0 })
      expect(cellsOf(id)).toEqual({ ...all, plan_wanted: 'Basic', plans_named: 4 })
    })

    test('cannot be undone', async () => {
      await caller()
      const { runId } = await settle()
      await expect(undo(runId)).rejects.toMatchObject({ code: 'run.final', status: 409 })
    })
  })

  const lateRule = { from: 'plan', field: 'late', to: 'late_plan' }

  describe('a conversation that others take part after', () => {
    test.each(['deleted', 'removed for good', 'settled'])(
      'keeps its time as their starting point when it is %s',
      async (how) => {
        const { id, calls } = await caller()
        const [first, , last] = calls.map((each) => each.id)
        await world.useMapping(mappingFor(account, [lateRule], steps))
        // Only this names a call to the new field; the later ones take part with what they had found before.
        await world.rerun(first ?? '')
        expect(world.held(id).late_plan).toBe('Team')
        if (how === 'settled') await settleOnly(first ?? '')
        else await remove(first ?? '')
        if (how === 'removed for good') await endGrace()
        await pushAgain()
        expect(world.held(id).late_plan).toBe('Team')
        await remove(last ?? '')
        await pushAgain()
        expect(world.held(id).late_plan).toBe('Pro')
        await useAll()
      },
    )
  })
})

test('on our own contacts: an answer that is none of the options leaves nothing, the one before it stays', async () => {
  const world = await createWorld({ AFTERWORD_RETENTION_DAYS: '30' })
  const number = '+12125550199'
  await ask(world, plan)
  await world.useMapping(`
version: 1
crm: local
connection: local
object: contacts
fields: [{ from: plan, to: plan_wanted, options: [Basic, Team] }]
`)
  const calls = ['Basic', 'Pro'].map((name, index) => ({
    id: `own ${name}`,
    at: `2025-0${index + 4}-10T10:00:00Z`,
    number,
    turns: [`I want the ${name} plan.`],
  }))
  await world.take(...calls.map(call))
  await backfill(world, ...calls.map(({ id }) => id))
  const held = async () => (await findContact(world.db, number, 'US')).fields
  expect(await held()).toEqual({ plan_wanted: 'Basic' })
  await world.useCases.runRetention({ actor: world.actor, reason: 'test' })
  const { records } = await world.useCases.explainField({ contact: number, field: 'plan_wanted' })
  expect(records[0]?.timeline.map(({ kind, value, decides }) => ({ kind, value, decides }))).toEqual([
    { kind: 'settled', value: 'Basic', decides: true },
  ])
  await markAll(world)
  await world.push()
  expect(await held()).toEqual({ plan_wanted: 'Basic' })
})
