import { expect, test } from 'vitest'
import { type Mapping, parseMapping } from '../../src/mapping/index.ts'
import { activateMappings } from '../../src/sync/index.ts'
import { backfill, planOf } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, plan } from '../support/items.ts'
import { markAll } from '../support/pushes.ts'
import { addContact, textField } from '../support/records.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld()
world.hubspot.defineProperties([textField('plan_wanted'), textField('customer_goal')])
await ask(world, plan)

function file(path: string, more: object = {}, to = 'plan_wanted'): Mapping {
  const head = { version: 1, crm: 'hubspot', connection: 'main', object: 'contacts' }
  const match = [{ number: { of: ['from_or_to'], in: ['phone'] } }]
  const parsed = parseMapping(JSON.stringify({ ...head, match, fields: [{ from: 'plan', to }], ...more }), path)
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems))
  return parsed.mapping
}

function use(...mappings: Mapping[]) {
  return activateMappings(world, mappings, world.actor)
}

async function addCalled(number: string) {
  await world.useMapping(file('contacts.yaml').text)
  const id = await addContact(world, { properties: { phone: number }, at: '2024-12-01T09:00:00Z' })
  return {
    id,
    says: (name: string, at: string, wanted: string) =>
      world.take(call({ id: `${number} ${name}`, at, number, turns: [`I want the ${wanted} plan.`, 'Good.', 'Bye.'] })),
  }
}

test('a backfill can be planned while some mapping is for other agents', async () => {
  const { says } = await addCalled('+12125550101')
  await says('a', '2025-01-10T10:00:00Z', 'Pro')
  await use(file('others.yaml', { agents: ['agent_of_nobody_here'] }))
  const id = await planOf(world, '+12125550101 a')
  const { backfill: planned } = await world.useCases.backfillStatus(id)
  expect(planned.estimate.records).toEqual({
    others: { matched: 0, none: 0, parked: 0, fields: ['plan_wanted'], steps: {} },
  })
})

test('what a mapping only observed is not written when its file is removed', async () => {
  const { id, says } = await addCalled('+12125550102')
  await use(file('quiet.yaml', { write: false }))
  await says('a', '2025-01-10T10:00:00Z', 'Pro')
  const { pushes } = await backfill(world, '+12125550102 a')
  expect(world.held(id).plan_wanted).toBeUndefined()
  expect(pushes.decisions).toEqual({ observed: 1 })
  await use()
  await markAll(world)
  await world.push()
  expect(world.held(id).plan_wanted).toBeUndefined()
})

test('a rule that moves to another file hears the conversations that come after', async () => {
  const { id, says } = await addCalled('+12125550103')
  await use(file('before.yaml'))
  await says('a', '2025-01-10T10:00:00Z', 'Pro')
  await backfill(world, '+12125550103 a')
  expect(world.held(id).plan_wanted).toBe('Pro')
  await use(file('after.yaml'))
  await says('b', '2025-02-10T10:00:00Z', 'Team')
  await backfill(world, '+12125550103 b')
  expect(world.held(id).plan_wanted).toBe('Team')
})

test('a file that moves and only observes from now on writes nothing more', async () => {
  const { id, says } = await addCalled('+12125550104')
  await use(file('loud.yaml'))
  await says('a', '2025-01-10T10:00:00Z', 'Pro')
  await backfill(world, '+12125550104 a')
  await use(file('hushed.yaml', { write: false }))
  await says('b', '2025-02-10T10:00:00Z', 'Team')
  await backfill(world, '+12125550104 b')
  expect(world.held(id).plan_wanted).toBe('Pro')
})

test('a rule in a new file never shows an old call as the last', async () => {
  const { id, says } = await addCalled('+12125550105')
  await use(file('first.yaml'))
  await says('old', '2025-01-10T10:00:00Z', 'Pro')
  await says('new', '2025-02-10T10:00:00Z', 'Team')
  await backfill(world, '+12125550105 old', '+12125550105 new')
  await use(file('first.yaml'), file('second.yaml', {}, 'customer_goal'))
  await world.rerun('+12125550105 old')
  expect(world.held(id).customer_goal).toBe('Team')
})
