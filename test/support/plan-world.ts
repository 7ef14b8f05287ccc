import { ask, plan } from './items.ts'
import { textField } from './records.ts'
import { createWorld } from './world.ts'

/** A world whose agents ask for the plan that a caller wants, which one rule writes; `more` goes into that rule. */
export async function createPlanWorld(more = '', settings: Record<string, string> = {}) {
  const world = await createWorld(settings)
  world.hubspot.defineProperties([textField('plan_wanted')])
  await world.useMapping(`
version: 1
crm: hubspot
connection: main
object: contacts
match: [{ number: { of: [from_or_to], in: [phone] } }]
fields: [{ from: plan, to: plan_wanted${more} }]
`)
  await ask(world, plan)
  return world
}
