import { describe, expect, test } from 'vitest'
import { undoRun } from '../../src/sync/index.ts'
import { backfill } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, goal, plan } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { markAll, pushWhile } from '../support/pushes.ts'
import { addContact, rowsWritten, textField } from '../support/records.ts'
import { createWorldOn, type World } from '../support/world.ts'

// A Salesforce org without field history tells of a record who changed it last, and when. Nothing else (crm.md 4.9).
const planRule = { from: 'plan', to: 'plan_wanted' }
const goalRule = { from: 'goal', to: 'customer_goal' }

async function openOrg() {
  const world = await createWorldOn(['salesforce'])
  world.account.defineProperties([textField('plan_wanted'), textField('customer_goal')])
  world.account.configure({ historyOff: ['*'] })
  await ask(world, plan, goal(3))
  return world
}

/** A contact of January with a call of April about the Pro plan and a goal. */
async function calledContact(world: World, number: string, properties: Record<string, string>) {
  const id = await addContact(world, { properties: { phone: number, ...properties }, at: '2025-01-15T09:00:00Z' })
  const turns = ['I want the Pro plan.', 'Good.', 'My goal is a quiet office.']
  await world.take(call({ id: number, at: '2025-04-10T10:00:00Z', number, turns }))
  return id
}

// ENGINE.md section 6, scenario 15, where what we wrote does not even look like it.
describe('a pusher dies right after its first write, which a flow of the org has spelled in its own way', async () => {
  const world = await openOrg()
  await useRules(world, planRule)
  world.account.configure({ flows: [{ property: 'plan_wanted', kind: 'uppercase', as: 'crm' }] })

  async function pushAndDie(number: string) {
    const id = await calledContact(world, number, { plan_wanted: 'BASIC' })
    const input = { conversationId: number, actor: world.actor, reason: 'test' }
    const { runId } = await world.useCases.rerunConversation(input)
    if (runId === null) throw new Error('there is no run to undo')
    const die = () => Promise.reject(new Error('killed'))
    await expect(pushWhile(world, { after: die })).rejects.toThrow('killed')
    expect(world.held(id).plan_wanted).toBe('PRO')
    return { id, undo: () => undoRun(world, { runId, actor: world.actor, reason: 'test' }) }
  }

  test('undone before anybody pushed again: the original value is back', async () => {
    const { id, undo } = await pushAndDie('+12125550161')
    await undo()
    await world.push()
    expect(world.held(id).plan_wanted).toBe('BASIC')
  })

  test('undone after the next pusher took it up: the original value is back, and nothing was written twice', async () => {
    const { id, undo } = await pushAndDie('+12125550162')
    const rows = rowsWritten(world)
    await world.push()
    expect(rowsWritten(world)).toBe(rows)
    await undo()
    await world.push()
    expect(world.held(id).plan_wanted).toBe('BASIC')
  })
})

describe('a rule is switched on after we wrote another field of the record', async () => {
  const world = await openOrg()

  async function writeThePlan(number: string, edit?: { at: string }) {
    await useRules(world, planRule)
    const id = await calledContact(world, number, { customer_goal: 'An old goal' })
    if (edit) world.account.edit({ id, properties: { city: 'Zürich' }, as: 'person', ...edit })
    await backfill(world, number)
    expect(world.held(id)).toMatchObject({ plan_wanted: 'Pro', customer_goal: 'An old goal' })
    await useRules(world, planRule, goalRule)
    return id
  }

  test('its base stands at the last change not by us, so what was said since beats it', async () => {
    const id = await writeThePlan('+12125550163')
    const status = await backfill(world, '+12125550163')
    expect(world.held(id).customer_goal).toBe('My goal is')
    expect(status.pushes).toMatchObject({ decisions: { write: 1 }, recordsWritten: 1 })
  })

  test('which is any change of the record by somebody else: it may have been the one', async () => {
    const id = await writeThePlan('+12125550164', { at: '2025-06-01T09:00:00Z' })
    const status = await backfill(world, '+12125550164')
    expect(world.held(id).customer_goal).toBe('An old goal')
    expect(status.pushes).toMatchObject({ decisions: { kept_existing: 1 }, recordsWritten: 0 })
  })
})

test('an edit between our reading and our write of another field is newer than all that was said before that write', async () => {
  const world = await openOrg()
  await useRules(world, planRule, goalRule)
  const number = '+12125550165'
  const id = await calledContact(world, number, {})
  await backfill(world, number)
  expect(world.held(id)).toMatchObject({ plan_wanted: 'Pro', customer_goal: 'My goal is' })

  const turns = ['I want the Team plan.']
  await world.take(call({ id: 'later', at: new Date().toISOString(), number, turns }))
  await world.useCases.rerunConversation({ conversationId: 'later', actor: world.actor, reason: 'test' })
  const properties = { customer_goal: 'Typed by hand' }
  await pushWhile(world, { before: () => world.account.edit({ id, properties, as: 'person' }) })
  expect(world.held(id)).toMatchObject({ plan_wanted: 'Team', customer_goal: 'Typed by hand' })
  await markAll(world)
  await world.push()
  expect(world.held(id)).toMatchObject({ plan_wanted: 'Team', customer_goal: 'Typed by hand' })
})
