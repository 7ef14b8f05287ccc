import { expect, test } from 'vitest'
import { call } from '../support/conversations.ts'
import { createPlanWorld } from '../support/plan-world.ts'
import { markAll, pushWhile } from '../support/pushes.ts'
import { addContact, rowsWritten } from '../support/records.ts'

const world = await createPlanWorld(', others: ignore')

/** A contact with a call about this plan. */
async function called(number: string) {
  const id = await addContact(world, { properties: { phone: number }, at: '2024-12-01T09:00:00Z' })
  await say('2025-01-10T10:00:00Z', 'Pro')
  return { id, say }
  async function say(at: string, wanted: string) {
    await world.take(
      call({ id: `${number} ${at}`, at, number, turns: [`I want the ${wanted} plan.`, 'Good.', 'Bye.'] }),
    )
    await world.useCases.rerunConversation({ conversationId: `${number} ${at}`, actor: world.actor, reason: 'test' })
  }
}

test('what a workflow sets back again and again is written three times, and again when something else is said', async () => {
  const { id, say } = await called('+12125550141')
  const setBack = () => world.hubspot.edit({ id, properties: { plan_wanted: 'Workflow' }, as: 'workflow' })
  for (let round = 0; round < 8; round++) {
    await markAll(world)
    await pushWhile(world, { after: setBack })
  }
  expect(rowsWritten(world)).toBe(3)
  expect(world.held(id).plan_wanted).toBe('Workflow')

  await world.rerun('+12125550141 2025-01-10T10:00:00Z')
  expect(rowsWritten(world)).toBe(3)
  expect((await world.useCases.explainField({ contact: '+12125550141', field: 'plan_wanted' })).records).toMatchObject([
    { value: 'Pro', seen: 'Workflow', timeline: [{ decision: { decision: 'contested' } }, {}, {}, {}] },
  ])

  await say('2025-02-10T10:00:00Z', 'Team')
  await world.push()
  expect(world.held(id).plan_wanted).toBe('Team')
})
