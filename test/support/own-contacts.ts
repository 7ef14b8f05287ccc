import { findContact } from '../../src/contacts/index.ts'
import { ask, plan } from './items.ts'
import { textField } from './records.ts'
import { createWorld } from './world.ts'

/** Asked for in "My budget is 900 dollars." */
export const budget = { type: 'number', name: 'budget', description: 'The budget of the customer in dollars.' }

/** A mapping file for our own contacts, a mode of each kind. */
export const ownMapping = `
version: 1
crm: local
connection: local
object: contacts
fields:
  - { from: plan, to: plan_wanted }
  - { from: budget, to: highest_budget, mode: max }
  - { from: plan, to: plans, mode: union }
  - { from: plan, to: times_asked, mode: count }
  - { from: $ended_at, to: last_call_at }
`

/** One beside it for HubSpot. */
export const hubspotMapping = `
version: 1
crm: hubspot
connection: main
object: contacts
match: [{ record_id: metadata.record }, { number: { of: [from_or_to], in: [phone] } }]
fields: [{ from: plan, to: plan_wanted }]
`

/** What a customer says who wants a plan and has so many dollars. */
export function wants(wanted: string, dollars: number): string[] {
  return [`I want the ${wanted} plan.`, 'Good.', `My budget is ${dollars} dollars.`]
}

/** A world whose agents ask for plan and budget, which our own contacts take over, and HubSpot the plan. */
export async function openOwnWorld() {
  const world = await createWorld()
  const { db, useCases, actor } = world
  world.hubspot.defineProperties([textField('plan_wanted')])
  await ask(world, plan, budget)
  await world.useMapping(ownMapping, hubspotMapping)
  let numbers = 100
  return {
    world,
    newNumber: () => `+12125550${numbers++}`,
    /** The custom fields of the contact of a number. */
    held: async (number: string) => (await findContact(db, number, 'US')).fields,
    edit: async (number: string, changes: Parameters<typeof useCases.editContact>[0]['changes']) => {
      await useCases.editContact({ contact: number, changes, actor, reason: 'told by mail' })
    },
  }
}
