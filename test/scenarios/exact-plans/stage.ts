import type { Kind } from '../../support/accounts/account.ts'
import { backfill } from '../../support/backfills.ts'
import { call } from '../../support/conversations.ts'
import { fingerprints } from '../../support/database.ts'
import { ask, goal, plan } from '../../support/items.ts'
import { type Rule, useRules } from '../../support/mappings.ts'
import { addContact, textField } from '../../support/records.ts'
import { createWorldOn } from '../../support/world.ts'

export const planRule: Rule = { from: 'plan', to: 'plan_wanted' }
export const goalRule: Rule = { from: 'goal', to: 'customer_goal' }

/** A world of one CRM in which a plan is asked for and written, and a goal asked for that no rule takes yet. */
export async function openStage(kind: Kind) {
  const world = await createWorldOn([kind])
  const { account, db, useCases, actor } = world
  account.defineProperties([textField('plan_wanted'), textField('customer_goal')])
  await useRules(world, planRule, goalRule)
  // Salesforce tells times by the second: an edit in the second in which its rule was switched on would be from before.
  await db
    .updateTable('rules')
    .set({ first_active_at: new Date('2025-01-01T00:00:00Z') })
    .execute()
  await useRules(world, planRule)
  await ask(world, plan, goal(3))

  /** A contact with an analysed call about the Pro plan and a quiet office, made before any rule asks for the goal. */
  async function calledContact(number: string, rule = planRule) {
    const id = await addContact(world, { properties: { phone: number }, at: '2025-01-15T09:00:00Z' })
    await useRules(world, rule)
    const turns = ['I want the Pro plan.', 'Good.', 'My goal is a quiet office.']
    await world.take(call({ id: number, at: '2025-04-10T10:00:00Z', number, turns }))
    await backfill(world, number)
    return id
  }

  function fieldsOf(id: string) {
    const { plan_wanted, customer_goal } = account.held(id)
    return { plan_wanted, customer_goal }
  }

  /** What the cells of a report or plan come to, by record and HubSpot's name of the field. */
  function kindsOf(cells: { externalId: string; field: string; decision: { decision: string } }[]) {
    return Object.fromEntries(cells.map((cell) => [`${cell.externalId} ${cell.field}`, cell.decision.decision]))
  }

  /** What the tables hold that a plan must not write to. */
  function notItsOwn() {
    // What counts the calls of CRMs and remembers their fields is none of our decisions.
    return fingerprints(db, [
      'call_days',
      'plans',
      'plan_rows',
      'backfills',
      'backfill_items',
      'backfill_counts',
      'audit_entries',
      'buckets',
      'crm_schemas',
    ])
  }

  return { world, account, db, useCases, actor, calledContact, fieldsOf, kindsOf, notItsOwn }
}
