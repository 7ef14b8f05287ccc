import { describe, expect, test } from 'vitest'
import { kinds } from '../support/accounts/account.ts'
import { backfill } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, goal } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { addContact, textField } from '../support/records.ts'
import { createWorldOn } from '../support/world.ts'

describe.each(kinds)('a full backfill with better prompts on %s', async (kind) => {
  const world = await createWorldOn([kind])
  world.account.defineProperties([textField('customer_goal')])
  await useRules(world, { from: 'goal', to: 'customer_goal' })

  test('leaves the edit of a sales rep alone, and corrects our own earlier value', async () => {
    await ask(world, goal(3))
    const turns = ['My goal is a quiet office near the park.', 'Good.', 'Bye.']
    const [edited, ours] = ['+12125550611', '+12125550612']
    const ids: string[] = []
    for (const number of [edited, ours]) {
      ids.push(await addContact(world, { properties: { phone: number }, at: '2024-12-01T09:00:00Z' }))
      await world.take(call({ id: number, at: '2025-01-10T10:00:00Z', number, turns }))
    }
    await backfill(world)
    const goals = () => ids.map((id) => world.held(id).customer_goal)
    expect(goals()).toEqual(['My goal is', 'My goal is'])

    world.account.edit({ id: ids[0] ?? '', properties: { customer_goal: 'An office in town' }, as: 'person' })
    await ask(world, goal(5))
    const { pushes, modelCalls } = await backfill(world)
    expect(modelCalls).toBe(2)
    expect(goals()).toEqual(['An office in town', 'My goal is a quiet'])
    expect(pushes.decisions).toEqual({ kept_edit: 1, write: 1 })
  })
})
