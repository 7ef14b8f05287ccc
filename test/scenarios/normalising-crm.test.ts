import { describe, expect, test } from 'vitest'
import { kinds } from '../support/accounts/account.ts'
import { backfill } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, goal, plan } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { addContact, historyCalls, longTextField, numberField, rowsWritten, textField } from '../support/records.ts'
import { createWorldOn } from '../support/world.ts'

// ENGINE.md section 6, scenario 5.
const crms = [
  ...kinds.map((kind) => ({ kind, tells: 'tells its history', historyOff: [] })),
  { kind: 'salesforce', tells: 'tells none', historyOff: ['*'] },
] as const
const budget = { type: 'number', name: 'budget', description: 'The budget of the customer, in dollars.' }
const longPlan = { Pro: '  Two lines on "Pro":\nthe middle one, and\nnothing else ', Team: ' Team:\nall ' }

describe.each(crms)('$kind keeps values its own way and $tells', async ({ kind, historyOff }) => {
  const world = await createWorldOn([kind])
  const { account } = world
  account.defineProperties([
    textField('plan_wanted'),
    longTextField('plan_told'),
    numberField('best_budget'),
    textField('customer_goal'),
    textField('goal_in_capitals'),
  ])
  account.configure({
    historyOff,
    flows: [
      { property: 'plan_wanted', kind: 'lowercase', as: 'crm' },
      { property: 'plan_told', kind: 'trim', as: 'crm' },
      { property: 'plan_told', kind: 'crlf', as: 'crm' },
      { property: 'best_budget', kind: 'round', as: 'crm' },
      { property: 'customer_goal', kind: 'uppercase', as: 'workflow' },
      { property: 'goal_in_capitals', kind: 'uppercase', as: 'crm' },
    ],
  })
  await useRules(
    world,
    { from: 'plan', to: 'plan_wanted' },
    { from: 'plan', field: 'plan_long', to: 'plan_told', values: { Basic: null, ...longPlan } },
    { from: 'budget', to: 'best_budget', mode: 'max' },
    { from: 'goal', to: 'customer_goal' },
    { from: 'goal', field: 'goal_again', to: 'goal_in_capitals' },
  )
  await ask(world, plan, goal(3), budget)
  const id = await addContact(world, { properties: { phone: '+12125550181' }, at: '2025-01-15T09:00:00Z' })
  const turns = [
    'I want the Pro plan.',
    'Good.',
    'My goal is a quiet office.',
    'Sure.',
    'My budget is 1234.56 dollars.',
  ]
  await world.take(call({ id: 'one', at: '2025-04-10T10:00:00Z', number: '+12125550181', turns }))
  const asKept = {
    plan_wanted: 'pro',
    plan_told: 'Two lines on "Pro":\r\nthe middle one, and\r\nnothing else',
    best_budget: '1235',
    customer_goal: 'MY GOAL IS',
    goal_in_capitals: 'MY GOAL IS',
  }

  function edits() {
    return world.db.selectFrom('field_events').select(['field', 'value']).where('kind', '=', 'edited').execute()
  }

  test('the second backfill writes nothing and sees no edit, the third asks for no history either', async () => {
    expect((await backfill(world)).pushes).toMatchObject({ decisions: { write: 5 }, recordsWritten: 1 })
    expect(world.held(id)).toMatchObject(asKept)
    const rows = rowsWritten(world)
    expect((await backfill(world)).pushes).toMatchObject({ decisions: { equal: 5 }, recordsWritten: 0 })
    const calls = historyCalls(world)
    expect((await backfill(world)).pushes).toMatchObject({ decisions: { equal: 5 }, calls: { history: 0, write: 0 } })
    expect([rowsWritten(world), historyCalls(world)]).toEqual([rows, calls])
    expect(await edits()).toEqual([])
  })

  test('a rerun with another answer changes the fields it is about', async () => {
    await ask(world, plan, goal(4), budget)
    const rows = rowsWritten(world)
    await world.rerun('one')
    expect(world.held(id)).toMatchObject({
      ...asKept,
      customer_goal: 'MY GOAL IS A',
      goal_in_capitals: 'MY GOAL IS A',
    })
    await world.rerun('one')
    expect(rowsWritten(world)).toBe(rows + 1)
    expect(await edits()).toEqual([])
  })
})
