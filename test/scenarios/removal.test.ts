import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { removeDeleted } from '../../src/sync/index.ts'
import { kinds } from '../support/accounts/account.ts'
import { backfill } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, goal, plan } from '../support/items.ts'
import { mappingFor } from '../support/mappings.ts'
import { markAll } from '../support/pushes.ts'
import { addContact, numberField, rowsWritten, textField } from '../support/records.ts'
import { createWorldOn } from '../support/world.ts'

// ENGINE.md section 6, scenario 6.
describe.each(kinds)('on %s', async (kind) => {
  const world = await createWorldOn([kind], { settings: { AFTERWORD_RETENTION_DAYS: '30' } })
  const { account, useCases, actor, db } = world
  account.defineProperties([
    textField('plan_wanted'),
    textField('first_plan'),
    textField('late_plan'),
    textField('customer_goal'),
    numberField('plans_named'),
  ])
  const fields = [
    { from: 'plan', to: 'plan_wanted' },
    { from: 'plan', field: 'first', to: 'first_plan', mode: 'fill_if_empty' },
    { from: 'goal', to: 'customer_goal' },
    { from: 'plan', field: 'named', to: 'plans_named', mode: 'count' },
  ]
  const steps = [{ number: { of: ['from_or_to'], in: ['phone', 'mobilephone'].map(account.nameOf) } }]
  const mapping = JSON.parse(mappingFor(account, fields, steps))
  const imported = { first_name: account.nameOf('firstname'), last_name: account.nameOf('lastname') }
  const useAll = () => world.useMapping(JSON.stringify({ ...mapping, import: imported }))
  await useAll()
  await ask(world, plan, goal(3))
  const longAgo = '2025-01-15T09:00:00Z'
  let people = 0

  /** Somebody with three calls about three plans, pushed. */
  async function caller(properties: Record<string, string> = {}) {
    people += 1
    const number = `+121255501${String(people).padStart(2, '0')}`
    const id = await addContact(world, { properties: { phone: number, ...properties }, at: longAgo })
    const plans = ['Basic', 'Pro', 'Team']
    const calls = plans.map((name, index) => ({
      id: `${number} ${name}`,
      at: `2025-0${index + 4}-10T10:00:00Z`,
      number,
      turns: [`I want the ${name} plan.`, 'Good.', 'My goal is a quiet office.'],
    }))
    await world.take(...calls.map(call))
    const done = await backfill(world, ...calls.map((each) => each.id))
    return { id, number, calls, runId: done.backfill.runId ?? 0 }
  }

  function cellsOf(id: string) {
    const { plan_wanted, first_plan, plans_named, customer_goal } = world.held(id)
    return { plan_wanted, first_plan, plans_named: Number(plans_named ?? 0), customer_goal }
  }

  const all = { plan_wanted: 'Team', first_plan: 'Basic', plans_named: 3, customer_goal: 'My goal is' }
  const settle = () => useCases.runRetention({ actor, reason: 'test' })
  const remove = (id: string) => useCases.deleteConversation({ id, actor, reason: 'test' })
  const undo = async (runId: number | null) => {
    const undone = await useCases.undoRun({ runId: runId ?? 0, actor, reason: 'test' })
    await world.push()
    return undone.runId
  }
  const report = (object: object) =>
    useCases.importConversations({ lines: [JSON.stringify(object)], actor, reason: 'test', analyse: false })

  /** Every record is looked at again; returns how many rows that wrote. */
  async function pushAgain() {
    const before = rowsWritten(world)
    await markAll(world)
    await world.push()
    return rowsWritten(world) - before
  }

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

  describe('deleting a conversation', () => {
    test('takes exactly its share, and its undo brings it back', async () => {
      const { id, calls } = await caller()
      const [first, , last] = calls.map((each) => each.id)
      const ofLast = await remove(last ?? '')
      await world.push()
      expect(cellsOf(id)).toEqual({ ...all, plan_wanted: 'Pro', plans_named: 2 })
      const ofFirst = await remove(first ?? '')
      await world.push()
      expect(cellsOf(id)).toEqual({ ...all, plan_wanted: 'Pro', first_plan: 'Pro', plans_named: 1 })
      const undone = await undo(ofLast.runId)
      expect(cellsOf(id)).toEqual({ ...all, first_plan: 'Pro', plans_named: 2 })
      await undo(ofFirst.runId)
      expect(cellsOf(id)).toEqual(all)
      await undo(undone)
      expect(cellsOf(id)).toEqual({ ...all, plan_wanted: 'Pro', plans_named: 2 })
    })

    test('of all retracts what they said, under the run that deleted the last', async () => {
      const { id, calls } = await caller({ plan_wanted: 'Typed in March' })
      for (const each of calls) await remove(each.id)
      await world.push()
      expect(cellsOf(id)).toEqual({
        plan_wanted: 'Typed in March',
        first_plan: undefined,
        plans_named: 0,
        customer_goal: undefined,
      })
      const { rows } = await sql<{ kind: string; decision: string }>`
        select runs.kind, change ->> 'decision' as decision
        from ledger join runs on runs.id = ledger.run_id cross join lateral jsonb_array_elements(changes) as change
        where ledger.id = (select max(id) from ledger)`.execute(db)
      expect(rows.map(({ kind, decision }) => `${kind} ${decision}`)).toEqual(Array(4).fill('deletion retract'))
    })

    test('hides it from everybody, and a redelivery is dropped', async () => {
      const { number, calls } = await caller()
      const [doomed] = calls
      if (!doomed) throw new Error('no call')
      const { runId, until } = await remove(doomed.id)
      expect(await remove(doomed.id)).toEqual({ runId, until, isNew: false })
      const filter = {
        kind: 'any' as const,
        conditions: [
          { field: 'from_number' as const, test: { type: 'string' as const, op: 'eq' as const, value: number } },
        ],
      }
      const page = await useCases.listConversations(filter, { limit: 9, includeTotal: true })
      expect([page.total, page.items.map((item) => item.id).includes(doomed.id)]).toEqual([2, false])
      await expect(useCases.getRetellObject(doomed.id)).rejects.toMatchObject({ code: 'conversation.not_found' })
      await expect(world.rerun(doomed.id)).rejects.toMatchObject({ code: 'conversation.not_found' })
      expect((await useCases.planBackfill({ filter, actor, reason: 'test' })).estimate.conversations).toBe(2)
      const { records } = await useCases.explainField({ contact: number, field: account.nameOf('plan_wanted') })
      expect(JSON.stringify(records)).not.toContain(doomed.id)
      expect(await report(call({ ...doomed, turns: ['Another word.'] }))).toMatchObject({ dropped: 1, changed: 0 })
      await undo(runId)
      expect(await useCases.getRetellObject(doomed.id)).toMatchObject({ transcript: expect.stringContaining('Basic') })
    })

    test('ends with the grace: it is gone, and no undo brings it back', async () => {
      const { id, number, calls, runId } = await caller()
      const [first] = calls
      const deletion = await remove(first?.id ?? '')
      await world.push()
      const left = { ...all, first_plan: 'Pro', plans_named: 2 }
      expect(cellsOf(id)).toEqual(left)
      await endGrace()
      expect(await pushAgain()).toBe(0)
      expect(cellsOf(id)).toEqual(left)
      expect(await remove(first?.id ?? '')).toEqual({ runId: null, until: null, isNew: false })
      await expect(undo(deletion.runId)).rejects.toMatchObject({ code: 'conversation.removed', status: 404 })
      expect(await report(call(first ?? { id: '', at: '', turns: [] }))).toMatchObject({ dropped: 1 })
      expect(await traceOf(number, 'Basic')).toBe(0)
      await undo(runId)
      expect(cellsOf(id)).toEqual({
        plan_wanted: undefined,
        first_plan: undefined,
        plans_named: 0,
        customer_goal: undefined,
      })
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

  /** Only this one is old enough. */
  async function settleOnly(id: string) {
    const held = sql`update conversations set spoken_at = spoken_at + interval '20 years' where id <> ${id}`
    const back = sql`update conversations set spoken_at = spoken_at - interval '20 years'`
    await held.execute(db)
    expect(await settle()).toMatchObject({ settled: 1 })
    await back.execute(db)
  }

  /** All that is deleted is removed for good. */
  async function endGrace() {
    await removeDeleted({ db, crms: world.crms, now: () => new Date('2030-01-01T00:00:00Z') })
  }

  /** How many transcripts of a number still hold a word. */
  async function traceOf(number: string, word: string) {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from transcripts join conversations on id = conversation_id
      where from_number = ${number} and turns::text like ${`%${word}%`}`.execute(db)
    return rows[0]?.count
  }
})
