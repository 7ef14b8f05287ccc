import { expect, test } from 'vitest'
import { backfill } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, goal, plan } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { numberField, rowsWritten, textField } from '../support/records.ts'
import { createWorldOn } from '../support/world.ts'

const world = await createWorldOn(['hubspot', 'salesforce'])
for (const account of world.accounts) {
  account.defineProperties([textField('wish'), textField('plan_wanted'), numberField('longest_minutes')])
}
await useRules(
  world,
  {
    template: '{{plan}}{{#goal}}: {{goal}}{{/goal}} ({{$ended_at}})',
    formats: { $ended_at: { date: 'd MMM yyyy, HH:mm', time_zone: 'Europe/Berlin' } },
    to: 'wish',
    owner: 'sales ops',
    description: 'What to call back about',
  },
  { from: 'plan', to: 'plan_wanted', values: { Pro: 'professional' }, default: 'another' },
  { from: '$duration_s', to: 'longest_minutes', mode: 'max', format: { scale: 1 / 60, decimals: 1 } },
)

/** A person in every account, of whom each holds what the test expects. */
async function addCalled(number: string, at: string, turns: string[]) {
  const seed = { properties: { phone: number }, at: '2024-12-01T09:00:00Z' }
  const ids = world.accounts.map((account) => account.createContacts([seed])[0] ?? '')
  await world.importCrm()
  await world.take(call({ id: number, at, number, turns }))
  return () =>
    world.accounts.map((account, place) => {
      const { wish, plan_wanted, longest_minutes } = account.held(ids[place] ?? '')
      return { wish, plan_wanted, longest_minutes: longest_minutes === undefined ? undefined : Number(longest_minutes) }
    })
}

test('parts of one conversation are one text, and a rerun that does not ask for one leaves it whole', async () => {
  const number = '+12125550201'
  await ask(world, plan, goal(3))
  const turns = ['I want the Pro plan.', 'Good.', 'My goal is a quiet office.']
  const held = await addCalled(number, '2025-04-10T22:30:00Z', turns)
  const told = { wish: 'Pro: My goal is (11 Apr 2025, 00:30)', plan_wanted: 'professional', longest_minutes: 1 }
  await backfill(world, number)
  expect(held()).toEqual(world.accounts.map(() => told))

  const before = rowsWritten(world)
  await backfill(world, number)
  expect(rowsWritten(world)).toBe(before)

  await ask(world, plan)
  await world.rerun(number)
  expect(held()).toEqual(world.accounts.map(() => told))

  const { records } = await world.useCases.explainField({ contact: number, field: world.account.nameOf('wish') })
  expect(records).toHaveLength(1)
  expect(records[0]).toMatchObject({
    value: told.wish,
    rule: { owner: 'sales ops', description: 'What to call back about' },
    timeline: [
      {
        decides: true,
        decision: { decision: 'silent', why: 'not_asked' },
        analysis: { number: 1 },
        evidence: [
          { turn: 1, quote: 'I want the Pro plan.' },
          { turn: 3, quote: 'My goal is a quiet office.' },
        ],
      },
    ],
  })
})

test('what was not said leaves its section out, and a choice without a translation is the default', async () => {
  const number = '+12125550202'
  await ask(world, plan, goal(3))
  const held = await addCalled(number, '2025-01-10T10:00:00Z', ['I want the Team plan.', 'Good.', 'Bye.'])
  await backfill(world, number)
  const told = { wish: 'Team (10 Jan 2025, 11:00)', plan_wanted: 'another', longest_minutes: 1 }
  expect(held()).toEqual(world.accounts.map(() => told))
})

test('facts alone write nothing', async () => {
  const number = '+12125550203'
  await ask(world, plan, goal(3))
  const held = await addCalled(number, '2025-01-10T10:00:00Z', ['Hello.', 'Good.', 'Bye.'])
  await backfill(world, number)
  expect(held()).toEqual(world.accounts.map(() => ({ longest_minutes: 1 })))
})
