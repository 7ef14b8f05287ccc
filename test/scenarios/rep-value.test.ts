import { describe, expect, test } from 'vitest'
import { type Kind, kinds } from '../support/accounts/account.ts'
import { backfill } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, plan } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { addContact, textField } from '../support/records.ts'
import { createWorldOn } from '../support/world.ts'

// ENGINE.md section 6, scenario 1: everything here happened before Afterword was installed.
const february = { at: '2025-02-10T10:00:00Z', turns: ['I want the Team plan.'] }
const april = { at: '2025-04-10T10:00:00Z', turns: ['I want the Pro plan.'] }

/** A CRM in which a rep set the plan of each contact of January to Basic in March. */
async function openCrm(kind: Kind, historyOff: string[]) {
  const world = await createWorldOn([kind])
  const { account } = world
  account.defineProperties([textField('plan_wanted')])
  account.configure({ historyOff })
  await useRules(world, { from: 'plan', to: 'plan_wanted' })
  await ask(world, plan)
  return {
    world,
    async contactOf(number: string) {
      const id = await addContact(world, { properties: { phone: number }, at: '2025-01-15T09:00:00Z' })
      account.edit({ id, properties: { plan_wanted: 'Basic' }, as: 'person', at: '2025-03-15T09:00:00Z' })
      return id
    },
  }
}

describe.each(kinds)('a rep set a value in March on %s', async (kind) => {
  const { world, contactOf } = await openCrm(kind, [])

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

describe.each(kinds)('a rep set a value in March on %s, which tells no history', async (kind) => {
  const { world, contactOf } = await openCrm(kind, ['*'])

  test('it is kept, and counted, where anything on the record changed after April', async () => {
    const id = await contactOf('+12125550104')
    world.account.edit({ id, properties: { city: 'Zürich' }, as: 'person', at: '2025-06-01T09:00:00Z' })
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
