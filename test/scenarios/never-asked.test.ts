import { describe, expect, test } from 'vitest'
import { runCells } from '../../src/sync/index.ts'
import { kinds } from '../support/accounts/account.ts'
import { call } from '../support/conversations.ts'
import { ask, goal, plan } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { addContact, textField } from '../support/records.ts'
import { createWorldOn } from '../support/world.ts'

/** ENGINE.md section 6, scenario 4: a new item, four calls, and a rerun of the second alone. */
describe.each(kinds)('on %s', async (kind) => {
  const world = await createWorldOn([kind])
  const field = world.account.nameOf('plan_wanted')
  world.account.defineProperties([textField('plan_wanted'), textField('customer_goal')])
  await useRules(world, { from: 'plan', to: 'plan_wanted' }, { from: 'goal', to: 'customer_goal' })

  async function fourCalls(number: string) {
    const id = await addContact(world, { properties: { phone: number } })
    const plans = ['Basic', 'Pro', 'Team', 'Basic']
    await world.take(
      ...plans.map((name, index) =>
        call({
          id: `${number} ${index + 1}`,
          at: `2025-0${index + 1}-10T10:00:00Z`,
          number,
          turns: [`I want the ${name} plan.`],
        }),
      ),
    )
    return id
  }

  const planCell = async (runId: number) => (await runCells(world.db, runId)).find((cell) => cell.field === field)

  test('shows what the second says, and names the third and the fourth as never asked', async () => {
    const number = '+12125550171'
    const id = await fourCalls(number)
    await ask(world, goal(3))
    for (const nth of [1, 2, 3]) await world.rerun(`${number} ${nth}`)
    await ask(world, goal(3), plan)
    const { runId } = await world.rerun(`${number} 2`)
    expect(world.held(id)).toMatchObject({ plan_wanted: 'Pro' })
    expect((await planCell(runId))?.decision).toMatchObject({
      decision: 'write',
      by: `${number} 2`,
      why: `never asked since: ${number} 3, ${number} 4`,
    })
    const [cell] = (await world.useCases.explainField({ contact: number, field })).records
    expect(cell?.timeline.map(({ who, kind, why }) => [who, kind, why])).toEqual([
      [`${number} 2`, 'said', undefined],
      [`${number} 3`, 'silent', 'not_asked'],
      [`${number} 4`, 'silent', 'never_analysed'],
    ])
    expect(cell?.stayOut).toBe(1)

    await world.rerun(`${number} 3`)
    const last = await world.rerun(`${number} 4`)
    expect(world.held(id)).toMatchObject({ plan_wanted: 'Basic' })
    expect((await planCell(last.runId))?.decision).not.toHaveProperty('why')
  })

  test('shows what the fourth says where it was asked before the rule was there', async () => {
    const number = '+12125550172'
    const id = await fourCalls(number)
    await ask(world, goal(3), plan)
    await useRules(world, { from: 'goal', to: 'customer_goal' })
    for (const nth of [2, 3, 4]) await world.rerun(`${number} ${nth}`)
    expect(world.held(id).plan_wanted).toBeUndefined()
    await useRules(world, { from: 'plan', to: 'plan_wanted' }, { from: 'goal', to: 'customer_goal' })
    const { runId } = await world.rerun(`${number} 2`)
    expect(world.held(id)).toMatchObject({ plan_wanted: 'Basic' })
    expect((await planCell(runId))?.decision).toEqual(expect.objectContaining({ decision: 'write', by: `${number} 4` }))
  })
})
