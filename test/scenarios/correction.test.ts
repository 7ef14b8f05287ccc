import { describe, expect, test } from 'vitest'
import { kinds } from '../support/accounts/account.ts'
import { backfill } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, goal, plan } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { addContact, numberField, rowsWritten, textField } from '../support/records.ts'
import { createWorldOn } from '../support/world.ts'

const budget = { type: 'number', name: 'budget', description: 'The budget of the customer in dollars.' }

describe.each(kinds)('on %s', async (kind) => {
  const world = await createWorldOn([kind])
  const { actor, useCases } = world
  world.account.defineProperties([textField('plan_wanted'), textField('customer_goal'), numberField('highest_budget')])
  await useRules(
    world,
    { from: 'plan', to: 'plan_wanted', retract: 'never' },
    { from: 'goal', to: 'customer_goal', when: { custom_analysis_data: { plan: 'Pro' } } },
    { from: 'budget', to: 'highest_budget', mode: 'max' },
  )
  await ask(world, plan, goal(3), budget)

  /** A contact on the Basic plan with calls of April and May; ids of the calls are the number with the month. */
  async function called(number: string, turns = ['I want the Pro plan.', 'Good.', 'My goal is a quiet office.']) {
    const id = await addContact(world, {
      properties: { phone: number, plan_wanted: 'Basic' },
      at: '2025-01-15T09:00:00Z',
    })
    await world.take(
      call({ id: `${number} april`, at: '2025-04-10T10:00:00Z', number, turns }),
      call({ id: `${number} may`, at: '2025-05-10T10:00:00Z', number, turns: ['Good morning to you.'] }),
    )
    await backfill(world, `${number} april`, `${number} may`)
    return id
  }

  async function correct(conversationId: string, item: string, value: unknown) {
    const corrected = await useCases.correctField({ conversationId, item, value, actor, reason: 'heard it myself' })
    const told = { conversationId, item, runId: corrected.runId }
    const planned = await useCases.correctionCells(told)
    await world.push()
    return { ...corrected, planned, pushed: await useCases.correctionCells(told) }
  }

  async function undo(runId: number) {
    const undone = await useCases.undoRun({ runId, actor, reason: 'test' })
    await world.push()
    return undone
  }

  test('beats the analysis and every later one; withdrawn, the one before it stands again, then the analysis', async () => {
    const id = await called('+12125550151')
    const conversationId = '+12125550151 april'
    expect(world.held(id)).toMatchObject({ plan_wanted: 'Pro' })
    const first = await correct(conversationId, 'plan', 'Team')
    expect(first).toMatchObject({ value: 'Team', before: 'Pro' })
    expect(world.held(id)).toMatchObject({ plan_wanted: 'Team' })
    const second = await correct(conversationId, 'plan', 'Basic')
    expect(second).toMatchObject({ value: 'Basic', before: 'Team' })
    await world.rerun(conversationId)
    expect(world.held(id)).toMatchObject({ plan_wanted: 'Basic' })

    const input = { conversationId, item: 'plan', actor, reason: 'was wrong' }
    const withdrawn = await useCases.withdrawCorrection(input)
    expect(withdrawn).toMatchObject({ undone: second.runId, records: 1 })
    await world.push()
    expect(world.held(id)).toMatchObject({ plan_wanted: 'Team' })
    await useCases.withdrawCorrection(input)
    await world.push()
    expect(world.held(id)).toMatchObject({ plan_wanted: 'Pro' })
    await expect(useCases.withdrawCorrection(input)).rejects.toMatchObject({ status: 404 })

    // The first undo undone: its correction, the newer one, is back.
    await undo(withdrawn.runId)
    expect(world.held(id)).toMatchObject({ plan_wanted: 'Basic' })
    const states = (await useCases.listCorrections(conversationId)).map(({ value, state }) => [value, state])
    expect(states).toEqual([
      ['Basic', 'in_force'],
      ['Team', 'withdrawn'],
    ])
  })

  test('tells every field that follows, before the push and after it', async () => {
    const id = await called('+12125550152')
    const field = world.account.nameOf('plan_wanted')
    const { planned, pushed, runId } = await correct('+12125550152 april', 'plan', 'Team')
    const cell = { externalId: id, field, before: 'Pro', after: 'Team', decision: { decision: 'write' } }
    expect(planned).toMatchObject({ waiting: true })
    expect(planned.cells).toContainEqual(
      expect.objectContaining({ ...cell, decision: expect.objectContaining(cell.decision) }),
    )
    expect(pushed).toMatchObject({ waiting: false })
    expect(pushed.cells).toContainEqual(
      expect.objectContaining({ ...cell, decision: expect.objectContaining(cell.decision) }),
    )
    // The goal is only heard where the plan is Pro, so it goes with it.
    const goalField = world.account.nameOf('customer_goal')
    expect(pushed.cells).toContainEqual(expect.objectContaining({ field: goalField, after: null }))
    expect(world.held(id).customer_goal).toBeUndefined()
    const [why] = (await useCases.explainField({ contact: '+12125550152', field })).records
    expect(why?.timeline.find(({ decides }) => decides)).toMatchObject({
      value: 'Team',
      correction: {
        value: 'Team',
        run: { id: runId, kind: 'correction', actor: 'cli:test', reason: 'heard it myself' },
      },
    })
    const written = await world.db.selectFrom('ledger').select('outcome').where('run_id', '=', runId).execute()
    expect(written).toEqual([{ outcome: 'written' }])
  })

  test('tells the fields that only follow by a condition, also when it is withdrawn; an empty field was empty', async () => {
    await called('+12125550158')
    const conversationId = '+12125550158 april'
    await correct(conversationId, 'plan', 'Team')
    const goalField = world.account.nameOf('customer_goal')
    const back = await useCases.withdrawCorrection({ conversationId, item: 'plan', actor, reason: 'was right' })
    const told = { conversationId, item: 'plan', runId: back.runId }
    const cell = { field: goalField, before: null, after: 'My goal is' }
    expect((await useCases.correctionCells(told)).cells).toContainEqual(expect.objectContaining(cell))
    await world.push()
    expect((await useCases.correctionCells(told)).cells).toContainEqual(expect.objectContaining(cell))
    // A second write to it is told from where the first began.
    await ask(world, plan, goal(5), budget)
    await world.rerun(conversationId)
    const since = { ...cell, after: 'My goal is a quiet' }
    expect((await useCases.correctionCells(told)).cells).toContainEqual(expect.objectContaining(since))
    await ask(world, plan, goal(3), budget)
  })

  test('to no value takes ours back, also where a rule never retracts', async () => {
    const id = await called('+12125550153')
    const { value, pushed } = await correct('+12125550153 april', 'plan', null)
    expect(value).toBeNull()
    expect(world.held(id)).toMatchObject({ plan_wanted: 'Basic' })
    expect(pushed.cells[0]).toMatchObject({ before: 'Pro', after: 'Basic', decision: { decision: 'retract' } })
  })

  test('lets a later word be: what a later call or a person says decides, and the answer says so', async () => {
    const number = '+12125550154'
    const id = await called(number)
    await world.take(
      call({ id: `${number} june`, at: '2025-06-10T10:00:00Z', number, turns: ['I want the Team plan.'] }),
    )
    await world.rerun(`${number} june`)
    const earlier = await correct(`${number} april`, 'plan', 'Basic')
    expect(earlier.pushed.cells[0]?.decision).toMatchObject({ decision: 'superseded', by: `${number} june` })
    expect(world.held(id)).toMatchObject({ plan_wanted: 'Team' })
    world.account.edit({ id, properties: { plan_wanted: 'Typed' }, as: 'person' })
    await world.importCrm()
    const rows = rowsWritten(world)
    const typedOver = await correct(`${number} june`, 'plan', 'Pro')
    expect(typedOver.pushed.cells[0]?.decision).toMatchObject({ decision: 'kept_edit' })
    expect(world.held(id)).toMatchObject({ plan_wanted: 'Typed' })
    expect(rowsWritten(world)).toBe(rows)
  })

  test('releases nothing: a field that no run has asked for stays, and the answer says so', async () => {
    const number = '+12125550155'
    const id = await addContact(world, { properties: { phone: number } })
    await world.take(
      call({ id: `${number} april`, at: '2025-04-10T10:00:00Z', number, turns: ['I want the Pro plan.'] }),
      call({ id: `${number} may`, at: '2025-05-10T10:00:00Z', number, turns: ['I want the Team plan.'] }),
    )
    const unasked = await correct(`${number} april`, 'plan', 'Basic')
    expect(unasked.pushed.cells).toMatchObject([{ decision: { decision: 'silent', why: 'not_released' } }])
    expect(world.held(id).plan_wanted).toBeUndefined()
    // The later one alone is named, so the earlier one stays out.
    await world.rerun(`${number} may`)
    const earlier = await correct(`${number} april`, 'plan', 'Basic')
    expect(earlier.pushed.cells).toMatchObject([{ decision: { decision: 'silent', why: 'stays_out' } }])
    expect(world.held(id)).toMatchObject({ plan_wanted: 'Team' })
    // Named at last, it takes part with the word of the person.
    await backfill(world, `${number} april`)
    await useCases.withdrawCorrection({ conversationId: `${number} april`, item: 'plan', actor, reason: 'test' })
    await correct(`${number} may`, 'plan', null)
    expect(world.held(id)).toMatchObject({ plan_wanted: 'Basic' })
  })

  test('is typed: 0 is a value, a number as text is one, and a choice has to be one', async () => {
    const id = await called('+12125550156', ['My budget is 500 dollars.', 'Good.', 'I want the Pro plan.'])
    const conversationId = '+12125550156 april'
    expect(world.held(id)).toMatchObject({ highest_budget: '500' })
    await correct(conversationId, 'budget', 0)
    expect(world.held(id)).toMatchObject({ highest_budget: '0' })
    expect(await correct(conversationId, 'budget', ' 12.5 ')).toMatchObject({ value: 12.5, before: 0 })
    expect(world.held(id)).toMatchObject({ highest_budget: '12.5' })
    const runs = await world.db.selectFrom('runs').select('id').execute()
    await expect(correct(conversationId, 'plan', 'Gold')).rejects.toThrow('plan takes one of: Basic, Pro, Team')
    await expect(correct(conversationId, 'budget', 'much')).rejects.toThrow('budget takes a number')
    await expect(correct(conversationId, 'call_successful', 'maybe')).rejects.toThrow(
      'call_successful takes true or false',
    )
    await expect(correct(conversationId, 'plann', 'Pro')).rejects.toThrow('did you mean "plan"')
    await expect(correct('nobody', 'plan', 'Pro')).rejects.toMatchObject({ status: 404 })
    expect(await world.db.selectFrom('runs').select('id').execute()).toEqual(runs)
  })
})
