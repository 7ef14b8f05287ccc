import { expect, test } from 'vitest'
import { planOf, workOn } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, goal, plan } from '../support/items.ts'
import { addContact, textField } from '../support/records.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld()
world.hubspot.defineProperties([textField('customer_goal')])
await world.useMapping(`
version: 1
crm: hubspot
connection: main
object: contacts
match: [{ number: { of: [from_or_to], in: [phone] } }]
fields:
  - { from: goal, to: customer_goal }
`)

test('a rerun during a backfill stays current when the older run comes to its conversation', async () => {
  const number = '+12125550111'
  const id = await addContact(world, { properties: { phone: number }, at: '2024-12-01T09:00:00Z' })
  const turns = ['My goal is a quiet office near the park.', 'Good.', 'Bye.']
  await world.take(call({ id: 'c1', at: '2025-01-10T10:00:00Z', number, turns }))
  await ask(world, plan, goal(3))
  const backfillId = await planOf(world, 'c1')
  await world.useCases.startBackfill({ id: backfillId, actor: world.actor })

  await ask(world, plan, goal(5))
  const rerun = await world.rerun('c1')
  await workOn(world, backfillId)
  await world.push()

  expect(world.held(id).customer_goal).toBe('My goal is a quiet')
  expect(await world.useCases.currentAnalysis('c1')).toMatchObject({ runId: rerun.runId })
})

test('so does an analysis that was kept again during a backfill, by the run that kept it', async () => {
  const number = '+12125550112'
  const id = await addContact(world, { properties: { phone: number }, at: '2024-12-01T09:00:00Z' })
  const turns = ['My goal is a quiet office near the park.', 'Good.', 'Bye.']
  await world.take(call({ id: 'c2', at: '2025-01-10T10:00:00Z', number, turns }))
  await ask(world, plan, goal(3))
  const first = await world.rerun('c2')
  await ask(world, plan, goal(5))
  const backfillId = await planOf(world, 'c2')
  const { actor, useCases } = world
  await useCases.startBackfill({ id: backfillId, actor })

  await useCases.keepAnalysis({ conversationId: 'c2', number: 1, actor, reason: 'it was right' })
  await workOn(world, backfillId)
  await world.push()

  expect(await useCases.listAnalyses('c2')).toMatchObject([
    { number: 1, runId: first.runId, current: true },
    { number: 2, current: false },
  ])
  expect(world.held(id).customer_goal).toBe('My goal is')
})
