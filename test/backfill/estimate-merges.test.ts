import { expect, test } from 'vitest'
import { apply, planOf, workOn } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, goal } from '../support/items.ts'
import { mappingFor, useRules } from '../support/mappings.ts'
import { addContact, longTextField } from '../support/records.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld()
world.hubspot.defineProperties([longTextField('customer_goal'), longTextField('last_goal'), longTextField('all_goals')])
const rules = [
  { from: 'goal', to: 'customer_goal', mode: 'merge' },
  { from: 'goal', to: 'last_goal', mode: 'overwrite' },
]
await useRules(world, ...rules)
await ask(world, goal(20))

test('a plan counts the texts to merge at the most, one for each contact who called more than once, and no more are made', async () => {
  const numbers = ['+12125550601', '+12125550602', '+12125550603']
  for (const [index, number] of numbers.entries()) {
    await addContact(world, { properties: { phone: number } })
    for (let nth = 0; nth <= index; nth += 1) {
      const turns = [`My goal is house ${index} garden ${nth}.`]
      await world.take(call({ id: `${number} ${nth}`, at: `2025-0${nth + 1}-10T10:00:00Z`, number, turns }))
    }
  }
  const id = await planOf(world)
  const { backfill: planned } = await world.useCases.backfillStatus(id)
  expect(planned.estimate.merges).toMatchObject({ texts: 2, costUsdLow: 0, learnedFromCalls: 0 })
  expect(planned.estimate.merges?.costUsd).toBeGreaterThan(0)
  await world.useCases.startBackfill({ id, actor: world.actor })
  await workOn(world, id)
  await world.push()
  expect(await world.db.selectFrom('merges').select('hash').execute()).toHaveLength(2)
})

test('a plan that asks no model but for merges says what they cost, also of a file that was never active before, and warns of limits', async () => {
  const { db, useCases, account, actor } = world
  await useCases.createKey({ name: 'ops', actor, usdPerDay: 0.000001 })
  const again = { from: 'goal', to: 'all_goals', mode: 'merge', instructions: 'One line per topic.' }
  await world.useMapping(mappingFor(account, rules), mappingFor(account, [again]))
  const planned = await useCases.planBackfill({
    filter: { kind: 'any', conditions: [] },
    actor: { kind: 'key', name: 'ops' },
    reason: 'test',
    mappingOnly: { mapping: 'contacts_2' },
  })
  const { merges, costUsd, costUsdLow, costUsdHigh, costUsdAtMost, warnings } = planned.estimate
  expect(merges).toMatchObject({ texts: 2, learnedFromCalls: 0 })
  expect(costUsd).toBeGreaterThan(0)
  expect([costUsd, costUsdLow]).toEqual([merges?.costUsd, expect.closeTo(costUsd * 0.85, 10)])
  expect([costUsdHigh, costUsdAtMost]).toEqual([merges?.costUsdHigh, merges?.costUsdHigh])
  expect(warnings).toEqual([expect.stringContaining('that key:ops may spend this day')])

  const made = async () => (await db.selectFrom('merges').select('hash').execute()).length
  const before = await made()
  await useCases.limitKey({ name: 'ops', actor, limits: { usdPerDay: null } })
  await apply(world, planned.id)
  expect((await made()) - before).toBe(2)
})
