import { beforeEach, describe, expect, test } from 'vitest'
import { backfill } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, plan } from '../support/items.ts'
import { addContact, textField } from '../support/records.ts'
import { createWorld } from '../support/world.ts'

// ENGINE.md section 6, scenario 1: everything here happened before Afterword was installed.
const world = await createWorld()
world.hubspot.defineProperties([textField('plan_wanted')])
await world.useMapping(`
version: 1
crm: hubspot
connection: main
object: contacts
match: [{ number: { of: [from_or_to], in: [phone] } }]
fields: [{ from: plan, to: plan_wanted }]
`)
await ask(world, plan)
const february = { at: '2025-02-10T10:00:00Z', turns: ['I want the Team plan.'] }
const april = { at: '2025-04-10T10:00:00Z', turns: ['I want the Pro plan.'] }

/** A contact of January whose plan a rep set to Basic in March. */
async function contactOf(number: string) {
  const id = await addContact(world, { properties: { phone: number }, at: '2025-01-15T09:00:00Z' })
  world.hubspot.edit({ id, properties: { plan_wanted: 'Basic' }, as: 'person', at: '2025-03-15T09:00:00Z' })
  return id
}

describe('a rep set a value in March', () => {
  beforeEach(() => {
    world.hubspot.configure({ historyOff: [] })
  })

  test('what was said in April beats it, what was said in February does not count any more', async () => {
    const id = await contactOf('+12125550101')
    await world.take(call({ id: 'a2', number: '+12125550101', ...february }))
    await world.take(call({ id: 'a4', number: '+12125550101', ...april }))
    const status = await backfill(world, 'a2', 'a4')
    expect(world.held(id).plan_wanted).toBe('Pro')
    expect(status.pushes).toMatchObject({ decisions: { write: 1 }, recordsWritten: 1 })
  })

  test("without April's call it stays", async () => {
    const id = await contactOf('+12125550102')
    await world.take(call({ id: 'b2', number: '+12125550102', ...february }))
    const status = await backfill(world, 'b2')
    expect(world.held(id).plan_wanted).toBe('Basic')
    expect(status.pushes).toMatchObject({ decisions: { kept_existing: 1 }, recordsWritten: 0 })
  })

  test('an older call that arrives late does not bring its word back', async () => {
    const id = await contactOf('+12125550103')
    await world.take(call({ id: 'c4', number: '+12125550103', ...april }))
    await backfill(world, 'c4')
    await world.take(call({ id: 'c2', number: '+12125550103', ...february }))
    const status = await backfill(world, 'c2')
    expect(world.held(id).plan_wanted).toBe('Pro')
    expect(status.pushes).toMatchObject({ decisions: { superseded: 1 }, recordsWritten: 0 })
  })
})

describe('a rep set a value in March, and the CRM tells no history', () => {
  beforeEach(() => {
    world.hubspot.configure({ historyOff: ['*'] })
  })

  test('it is kept, and counted, where anything on the record changed after April', async () => {
    const id = await contactOf('+12125550104')
    world.hubspot.edit({ id, properties: { city: 'Zürich' }, as: 'person', at: '2025-06-01T09:00:00Z' })
    await world.take(call({ id: 'd2', number: '+12125550104', ...february }))
    await world.take(call({ id: 'd4', number: '+12125550104', ...april }))
    const status = await backfill(world, 'd2', 'd4')
    expect(world.held(id).plan_wanted).toBe('Basic')
    expect(status.pushes).toMatchObject({ decisions: { kept_existing: 1 }, recordsWritten: 0 })
  })

  test('what was said in April beats it where the record has not changed since', async () => {
    const id = await contactOf('+12125550105')
    await world.take(call({ id: 'e2', number: '+12125550105', ...february }))
    await world.take(call({ id: 'e4', number: '+12125550105', ...april }))
    await backfill(world, 'e2', 'e4')
    expect(world.held(id).plan_wanted).toBe('Pro')
  })
})
