import { describe, expect, test } from 'vitest'
import { kinds } from '../support/accounts/account.ts'
import { backfill } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, goal, plan } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { addContact, textField } from '../support/records.ts'
import { createWorldOn } from '../support/world.ts'

const longAgo = '2025-01-15T09:00:00Z'

/** Runs that released nothing themselves are undone with the same plan and report as a rerun. */
describe.each(kinds)('on %s', async (kind) => {
  const world = await createWorldOn([kind])
  const { account, useCases, actor } = world
  account.defineProperties([textField('plan_wanted'), textField('customer_goal')])
  const [planField, goalField] = ['plan_wanted', 'customer_goal'].map(account.nameOf)
  await useRules(world, { from: 'plan', to: 'plan_wanted' }, { from: 'goal', to: 'customer_goal' })
  await ask(world, plan, goal(3))

  /** Somebody who wants the Basic plan in April and the Pro plan in May, and says a goal both times. */
  async function caller(number: string) {
    const id = await addContact(world, { properties: { phone: number }, at: longAgo })
    const wants = (name: string) => [`I want the ${name} plan.`, 'Good.', 'My goal is a quiet office.']
    await world.take(
      call({ id: `${number} april`, at: '2025-04-10T10:00:00Z', number, turns: wants('Basic') }),
      call({ id: `${number} may`, at: '2025-05-10T10:00:00Z', number, turns: wants('Pro') }),
    )
    await backfill(world, `${number} april`, `${number} may`)
    return id
  }

  /** Pushes what a run has done, undoes it, and tells the cells: as planned, which is as reported. */
  async function undoneCells(runId: number | null) {
    await world.push()
    const input = { runId: Number(runId), actor, reason: 'test' }
    const planned = await useCases.planUndo(input)
    const undone = await useCases.undoRun(input)
    await world.push()
    const { cells } = await useCases.listRunCells(undone.runId, { after: null, most: 100 })
    const byPlace = (one: (typeof cells)[number], other: (typeof cells)[number]) =>
      `${one.externalId} ${one.field}` < `${other.externalId} ${other.field}` ? -1 : 1
    expect(planned.cells.toSorted(byPlace)).toEqual(cells.toSorted(byPlace))
    return { cells, runId: undone.runId }
  }

  const changed = ({ cells }: Awaited<ReturnType<typeof undoneCells>>) =>
    cells.flatMap(({ externalId, field, before, after }) =>
      before === after ? [] : [[externalId, field, before, after]],
    )

  test('a deletion: what the conversation says again', async () => {
    const id = await caller('+12125550181')
    const { runId } = await useCases.deleteConversation({ id: '+12125550181 may', actor, reason: 'test' })
    const undone = await undoneCells(runId)
    expect(changed(undone)).toEqual([[id, planField, 'Basic', 'Pro']])
    expect(undone.cells).toHaveLength(2)
    expect(changed(await undoneCells(undone.runId))).toEqual([[id, planField, 'Pro', 'Basic']])
  })

  test('a correction: the cells of its item, and no other', async () => {
    const id = await caller('+12125550182')
    const item = { conversationId: '+12125550182 may', item: 'plan' }
    const { runId } = await useCases.correctField({ ...item, value: 'Team', actor, reason: 'heard it' })
    const undone = await undoneCells(runId)
    expect(changed(undone)).toEqual([[id, planField, 'Team', 'Pro']])
    expect(undone.cells).toHaveLength(1)
    expect(changed(await undoneCells(undone.runId))).toEqual([[id, planField, 'Pro', 'Team']])
  })

  test('a match: what both records say without it', async () => {
    const id = await caller('+12125550183')
    const other = await addContact(world, { properties: { firstname: 'Else' }, at: longAgo })
    const moved = { conversationId: '+12125550183 may', record: other, actor, reason: 'asked them' }
    const { runId } = await useCases.resolveMatch(moved)
    const undone = await undoneCells(runId)
    const there: unknown[] = [
      [id, planField, 'Basic', 'Pro'],
      [other, planField, 'Pro', null],
      [other, goalField, 'My goal is', null],
    ]
    const back = there.map((each) => (Array.isArray(each) ? [each[0], each[1], each[3], each[2]] : each))
    const sorted = (cells: unknown[]) => cells.map((cell) => JSON.stringify(cell)).sort()
    expect(sorted(changed(undone))).toEqual(sorted(there))
    expect(sorted(changed(await undoneCells(undone.runId)))).toEqual(sorted(back))
  })
})
