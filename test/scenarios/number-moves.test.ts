import { describe, expect, test } from 'vitest'
import { kinds } from '../support/accounts/account.ts'
import { backfill } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, plan } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { markAll } from '../support/pushes.ts'
import { addContact, textField } from '../support/records.ts'
import { createWorldOn } from '../support/world.ts'

/** ENGINE.md section 6, scenario 10. */
describe.each(kinds)('on %s', async (kind) => {
  const world = await createWorldOn([kind])
  const { actor, useCases } = world
  world.account.defineProperties([textField('plan_wanted')])
  await ask(world, plan)
  const usePlan = () => useRules(world, { from: 'plan', to: 'plan_wanted' })
  await usePlan()

  const said = (id: string, number: string, at: string, wanted: string) =>
    call({ id, number, at, turns: [`I want the ${wanted} plan.`] })

  test('a number that moves to another record brings none of the older words there', async () => {
    const number = '+12125550181'
    const first = await addContact(world, { properties: { phone: number }, at: '2025-01-15T09:00:00Z' })
    await world.take(said('march', number, '2025-03-10T10:00:00Z', 'Pro'))
    await backfill(world, 'march')
    expect(world.held(first)).toMatchObject({ plan_wanted: 'Pro' })

    world.account.edit({ id: first, properties: { phone: '' }, as: 'person' })
    const second = await addContact(world, { properties: { phone: number } })
    // Of the calls before the move one is linked already, one comes late; one comes after it.
    await world.take(
      said('april', number, '2025-04-10T10:00:00Z', 'Basic'),
      said('today', number, new Date().toISOString(), 'Team'),
    )
    await backfill(world, 'march', 'april')
    await markAll(world)
    await world.push()
    expect(world.held(second).plan_wanted).toBeUndefined()
    await backfill(world, 'march', 'april', 'today')
    expect(world.held(second)).toMatchObject({ plan_wanted: 'Team' })
    expect(world.held(first).plan_wanted).not.toBe('Team')

    const corrected = { conversationId: 'today', item: 'plan', value: null, actor, reason: 'test' }
    await useCases.correctField(corrected)
    await world.push()
    expect(world.held(second).plan_wanted).toBeUndefined()
  })

  test('a rule removed after its run: the undo of the run restores what stood before', async () => {
    const number = '+12125550182'
    const properties = { phone: number, plan_wanted: 'Basic' }
    const id = await addContact(world, { properties, at: '2025-01-15T09:00:00Z' })
    await world.take(said('another', number, '2025-04-10T10:00:00Z', 'Pro'))
    const { runId } = await world.rerun('another')
    await useRules(world)
    await markAll(world)
    await world.push()
    expect(world.held(id)).toMatchObject({ plan_wanted: 'Pro' })
    const undone = await useCases.undoRun({ runId, actor, reason: 'test' })
    await world.push()
    expect(world.held(id)).toMatchObject({ plan_wanted: 'Basic' })
    await useCases.undoRun({ runId: undone.runId, actor, reason: 'test' })
    await world.push()
    expect(world.held(id)).toMatchObject({ plan_wanted: 'Pro' })
    await usePlan()
  })
})
