import { afterAll, describe, expect, test } from 'vitest'
import { closeDb, connect } from '../../src/db/index.ts'
import { pushConnection } from '../../src/sync/index.ts'
import { kinds } from '../support/accounts/account.ts'
import { backfill, planOf, workOn } from '../support/backfills.ts'
import { call, chat } from '../support/conversations.ts'
import { ask, goal, plan } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { markAll } from '../support/pushes.ts'
import { addContact, numberField, rowsWritten, textField } from '../support/records.ts'
import { createWorldOn } from '../support/world.ts'

// ENGINE.md section 6, scenario 2.
describe.each(kinds)('on %s', async (kind) => {
  const world = await createWorldOn([kind])
  world.account.defineProperties([
    textField('plan_wanted'),
    textField('customer_goal'),
    numberField('conversations_held'),
  ])
  await useRules(
    world,
    { from: 'plan', to: 'plan_wanted' },
    { from: 'goal', to: 'customer_goal' },
    { from: 'plan', field: 'held', to: 'conversations_held', mode: 'count' },
  )
  await ask(world, plan, goal(3))
  const office = '+12125550111'
  const mobile = '+12125550112'
  const id = await addContact(world, { properties: { phone: office, mobilephone: mobile } })
  await world.take(
    call({ id: 'call_1', at: '2025-05-01T10:00:00Z', number: office, turns: ['I want the Basic plan.'] }),
    chat({ id: 'chat_2', at: '2025-05-02T10:00:00Z', number: mobile, turns: ['I want the Team plan.'] }),
    call({ id: 'call_3', at: '2025-05-03T10:00:00Z', number: office, turns: ['I want the Basic plan.'] }),
    chat({
      id: 'chat_4',
      at: '2025-05-04T10:00:00Z',
      number: mobile,
      turns: ['I want the Pro plan.', 'Sure.', 'My goal is a quiet office.'],
    }),
  )

  const workers = [1, 2, 3, 4].map(() => connect(world.database.url, { max: 4 }))
  afterAll(() => Promise.all(workers.map(closeDb)))

  /** Twenty pushes at once, by four workers with database connections of their own; returns how many rows they wrote. */
  async function pushTwentyTimes() {
    const before = rowsWritten(world)
    const { log, model, next, crm } = world
    const now = () => new Date()
    // Background marks linger for company; these have it.
    await world.db
      .updateTable('marks')
      .set({ not_before: new Date(0) })
      .execute()
    await Promise.all(
      Array.from({ length: 5 }, () => workers.map((db) => pushConnection({ db, log, model, now, next }, crm))).flat(),
    )
    return rowsWritten(world) - before
  }

  test('two numbers on one record are one timeline: the last word of either, and four conversations counted', async () => {
    const backfillId = await planOf(world)
    await world.useCases.startBackfill({ id: backfillId, actor: world.actor })
    await workOn(world, backfillId)
    expect(await pushTwentyTimes()).toBe(1)
    expect(world.held(id)).toMatchObject({ plan_wanted: 'Pro', conversations_held: '4' })
  })

  test('pushed again and again, nothing is written', async () => {
    await markAll(world)
    expect(await pushTwentyTimes()).toBe(0)
    const { pushes } = await backfill(world)
    expect(pushes).toMatchObject({ decisions: { equal: 3 }, recordsWritten: 0 })
    expect(world.held(id)).toMatchObject({ conversations_held: '4' })
  })

  test('a change is written once, and counts nobody twice', async () => {
    const before = world.held(id)
    await ask(world, plan, goal(2))
    await world.useCases.rerunConversation({ conversationId: 'chat_4', actor: world.actor, reason: 'shorter' })
    expect(await pushTwentyTimes()).toBe(1)
    expect(world.held(id).customer_goal).not.toBe(before.customer_goal)
    expect(world.held(id)).toMatchObject({ plan_wanted: 'Pro', conversations_held: '4' })
  })
})
