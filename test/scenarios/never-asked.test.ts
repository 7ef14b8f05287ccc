import { describe, expect, test } from 'vitest'
import { kinds } from '../support/accounts/account.ts'
import { backfill } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, goal, plan } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { addContact, textField } from '../support/records.ts'
import { createWorldOn } from '../support/world.ts'

// ENGINE.md section 6, scenario 4.
describe.each(kinds)('a new item and four calls on %s', async (kind) => {
  const world = await createWorldOn([kind])
  const { account } = world
  account.defineProperties([textField('plan_wanted'), textField('customer_goal')])
  await useRules(world, { from: 'plan', to: 'plan_wanted' }, { from: 'goal', to: 'customer_goal' })

  test('a rerun of the second alone shows what it says, and names the third and fourth as never asked', async () => {
    const number = '+12125550271'
    const id = await addContact(world, { properties: { phone: number }, at: '2025-01-15T09:00:00Z' })
    const turns = (index: number) => ['I want the Pro plan.', 'Good.', `My goal is room ${index} today.`]
    for (const index of [1, 2, 3, 4])
      await world.take(call({ id: `call_${index}`, at: `2025-04-1${index}T10:00:00Z`, number, turns: turns(index) }))
    await ask(world, plan)
    await backfill(world)
    await ask(world, plan, goal(4))
    const { runId } = await world.rerun('call_2')
    const { cells } = await world.useCases.listRunCells(runId, { after: null, most: 10 })
    const cell = cells.find(({ field }) => field === account.nameOf('customer_goal'))
    expect(cell).toMatchObject({
      after: 'My goal is room',
      decision: { decision: 'write', by: 'call_2', why: 'later, but never asked: call_3, call_4' },
    })
    expect(account.held(id).customer_goal).toBe('My goal is room')

    const { pushes } = await backfill(world)
    expect(pushes.decisions).not.toHaveProperty('silent')
    const explained = await world.useCases.explainField({ contact: number, field: account.nameOf('customer_goal') })
    expect(explained.records[0]?.timeline.find(({ decides }) => decides)?.who).toBe('call_4')
  })
})
