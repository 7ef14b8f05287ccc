import { call } from '../../support/conversations.ts'
import { ask, plan } from '../../support/items.ts'
import { addContact, textField } from '../../support/records.ts'
import { createWorld } from '../../support/world.ts'

/** A world with a field that says which plan a caller wants, and one that counts; and what `why` says of them. */
export async function createWhyWorld() {
  const world = await createWorld()
  world.hubspot.defineProperties([textField('plan_wanted'), textField('held_calls')])
  await world.useMapping(`
version: 1
crm: hubspot
connection: main
object: contacts
match: [{ number: { of: [from_or_to], in: [phone] } }]
fields:
  - { from: plan, to: plan_wanted, values: { Basic: basic, Pro: pro, Team: team } }
  - { from: plan, field: held, to: held_calls, mode: count }
`)
  await ask(world, plan)
  const { useCases, actor } = world

  /** What `why` says of a field, on the one record that the contact has. */
  async function why(contact: string, field = 'plan_wanted') {
    const { records } = await useCases.explainField({ contact, field })
    const [record] = records
    if (!record || records.length > 1) throw new Error(`${records.length} records`)
    return record
  }

  /** A contact of January, with a value typed then unless told. */
  function contactOf(phone: string, properties: Record<string, string> = { plan_wanted: 'basic' }) {
    return addContact(world, { properties: { phone, ...properties }, at: '2025-01-15T09:00:00Z' })
  }

  /** A call of that month in 2025, in which the customer says this. */
  function callIn(month: string, number: string, says: string) {
    const turns = ['Hello "there" 👋', 'How can I help?', says]
    return call({ id: `${number} ${month}`, at: `2025-${month}-10T10:00:00Z`, number, turns })
  }

  return { world, useCases, actor, why, contactOf, callIn }
}
