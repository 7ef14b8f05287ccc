import { expect, test } from 'vitest'
import { call } from '../support/conversations.ts'
import { ask, plan } from '../support/items.ts'
import { addContact, textField } from '../support/records.ts'
import { createWorld } from '../support/world.ts'
import { linkOf, planMapping } from './link/links.ts'

const world = await createWorld()
world.hubspot.defineProperties([textField('plan_wanted')])
await world.useMapping(planMapping)
await ask(world, plan)

const longAgo = '2025-01-15T09:00:00Z'

/** A call nobody is known for yet, analysed and pushed; returns its run. */
async function unlinkedCall(id: string, said: { number?: string; metadata?: object }) {
  const heard = call({ id, at: '2025-04-10T10:00:00Z', turns: ['I want the Pro plan.'], ...said })
  await world.take({ ...heard, metadata: said.metadata })
  const { runId } = await world.rerun(id)
  expect(await linkOf(world, id)).toMatchObject({ state: 'none' })
  return runId
}

test.for<[string, { number?: string; metadata?: object }, Record<string, string>]>([
  ['number', { number: '+12125550131' }, { phone: '(212) 555-0131' }],
  ['number in another spelling', { metadata: { phone_number: '212.555.0132' } }, { mobilephone: '+1 212 555 0132' }],
  ['e-mail in another spelling', { metadata: { email: ' Zoë@Example.com ' } }, { email: 'zoë@example.com' }],
])('an import that sees its %s links a conversation, and its word reaches the CRM', async ([id, said, properties]) => {
  await unlinkedCall(id, said)
  const record = await addContact(world, { properties, at: longAgo })
  expect(await linkOf(world, id)).toMatchObject({ state: 'matched', record })
  await world.push()
  expect(world.held(record)).toMatchObject({ plan_wanted: 'Pro' })
})

test('an import that sees the record named deep in its metadata links it', async () => {
  await unlinkedCall('by id', { metadata: { hubspot: { id: 424242 } } })
  const record = await addContact(world, { id: '424242', properties: { firstname: 'Bo' } })
  expect(await linkOf(world, 'by id')).toEqual({ state: 'matched', step: 'record_id', record })
})

test('an import that sees only others leaves it alone', async () => {
  await unlinkedCall('lonely', { number: '+12125550139' })
  await addContact(world, { properties: { phone: '+12125550138', email: 'else@example.com' } })
  expect(await linkOf(world, 'lonely')).toMatchObject({ state: 'none' })
})
