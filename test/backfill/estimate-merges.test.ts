import { expect, test } from 'vitest'
import { planOf, workOn } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, goal } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { addContact, longTextField } from '../support/records.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld()
world.hubspot.defineProperties([longTextField('customer_goal'), longTextField('last_goal')])
await useRules(
  world,
  { from: 'goal', to: 'customer_goal', mode: 'merge' },
  { from: 'goal', to: 'last_goal', mode: 'overwrite' },
)
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
  expect(planned.estimate.merges).toEqual({ texts: 2, costUsd: expect.any(Number) })
  await world.useCases.startBackfill({ id, actor: world.actor })
  await workOn(world, id)
  await world.push()
  expect(await world.db.selectFrom('merges').select('hash').execute()).toHaveLength(2)
})
