import { expect, test } from 'vitest'
import { openDoor } from './door.ts'

// ENGINE.md section 6, scenario 12. What the workflow of the CRM would do, this test does: when our field changes, it asks.
const { world, crm, answer, say, modelCalls } = await openDoor()

test('a workflow that our own write starts ends after one round', async () => {
  const number = '+12125550101'
  const recordId = crm.addRecord(number)
  await world.importCrm()
  await say('c1', number, '2026-03-03T10:00:00Z', 'Pro')
  let seen = crm.held(recordId)
  const rounds: string[] = []
  do {
    seen = crm.held(recordId)
    const status = await answer({ hs_object_id: recordId, conversations: 'all' })
    rounds.push(status.message)
  } while (crm.held(recordId) !== seen && rounds.length < 5)
  expect(rounds).toEqual([
    'Reran 1 conversation (call of 3 March 2026): 1 field changed.',
    'Reran 1 conversation (call of 3 March 2026): 1 field already right.',
  ])
  expect(modelCalls()).toBe(1)
  expect(crm.writes()).toBe(1)
})
