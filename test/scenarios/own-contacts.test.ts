import { describe, expect, test } from 'vitest'
import { transact } from '../../src/db/index.ts'
import { findContact } from '../../src/contacts/index.ts'
import { backfill, planOf, workOn } from '../support/backfills.ts'
import { call, chat } from '../support/conversations.ts'
import { ask, goal, plan } from '../support/items.ts'
import { endLinger } from '../support/open-world.ts'
import { pushWhile } from '../support/pushes.ts'
import { addContact, textField } from '../support/records.ts'
import { createWorld } from '../support/world.ts'

// Our own contacts are cells with the same fold: no CRM has a part in it but where a test says so.
const budget = { type: 'number', name: 'budget', description: 'The budget of the customer in dollars.' }
const world = await createWorld()
const { db, useCases, actor } = world
world.hubspot.defineProperties([textField('plan_wanted')])
await ask(world, plan, budget)

const own = `
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
const hubspot = `
version: 1
crm: hubspot
connection: main
object: contacts
match: [{ record_id: metadata.record }, { number: { of: [from_or_to], in: [phone] } }]
fields: [{ from: plan, to: plan_wanted }]
`
await world.useMapping(own, hubspot)

let numbers = 100
const newNumber = () => `+12125550${numbers++}`
const wants = (wanted: string, dollars: number) => [`I want the ${wanted} plan.`, 'Good.', `My budget is ${dollars} dollars.`]

async function held(number: string) {
  return (await findContact(db, number, 'US')).fields
}

async function edit(number: string, changes: Parameters<typeof useCases.editContact>[0]['changes']) {
  await useCases.editContact({ contact: number, changes, actor, reason: 'told by mail' })
}

describe('what is said', () => {
  test('is in the contact as the modes have it, typed, in whatever order it is heard', async () => {
    const number = newNumber()
    await world.take(
      call({ id: `${number} 2`, at: '2025-05-01T10:00:00Z', number, turns: wants('Pro', 900) }),
      call({ id: `${number} 3`, at: '2025-06-01T10:00:00Z', number, turns: wants('Team', 300) }),
      call({ id: `${number} 1`, at: '2025-04-01T10:00:00Z', number, turns: wants('Basic', 500) }),
    )
    const requests = world.hubspot.requests()
    await backfill(world, `${number} 3`, `${number} 1`, `${number} 2`)
    expect(await held(number)).toEqual({
      plan_wanted: 'Team',
      highest_budget: 900,
      plans: ['Basic', 'Pro', 'Team'],
      times_asked: 3,
      last_call_at: '2025-06-01T10:00:00.000Z',
    })
    expect(world.hubspot.requests(), 'nobody is asked anything').toEqual(requests)

    const again = await backfill(world, `${number} 3`, `${number} 1`, `${number} 2`)
    expect(again.pushes.connections.local).toMatchObject({ recordsWritten: 0, decisions: { equal: 5 } })
  })

  test('is told by why, back to the words, and taken back by undo', async () => {
    const number = newNumber()
    await world.take(call({ id: number, at: '2025-05-01T10:00:00Z', number, turns: wants('Pro', 900) }))
    await edit(number, { plan_wanted: 'Basic' })
    await db.updateTable('rules').set({ first_active_at: new Date() }).where('connection', '=', 'local').execute()
    const { runId } = await world.rerun(number)
    expect(await held(number)).toMatchObject({ plan_wanted: 'Basic', highest_budget: 900 })
    const { records } = await useCases.explainField({ contact: number, field: 'highest_budget' })
    expect(records).toMatchObject([
      {
        connection: 'local',
        value: 900,
        rule: { path: 'contacts.yaml', line: 8 },
        timeline: [{ decides: true, evidence: [{ quote: expect.stringContaining('900') }] }],
        writes: [{ before: null, after: '900', outcome: 'written', run: runId }],
      },
    ])
    await useCases.undoRun({ runId, actor, reason: 'test' })
    await world.push()
    expect(await held(number)).toEqual({ plan_wanted: 'Basic' })
  })

  test('is in the CRM too, by the same backfill, and a CRM that is down holds nothing up', async () => {
    const number = newNumber()
    const record = await addContact(world, { properties: { phone: number } })
    await world.take(call({ id: number, at: '2025-05-01T10:00:00Z', number, turns: wants('Pro', 900) }))
    const id = await planOf(world, number)
    await useCases.startBackfill({ id, actor })
    await workOn(world, id)
    await endLinger(world)
    world.account.fail('any', 'error', 1_000)
    expect(await useCases.pushRecords({ actor })).toMatchObject({
      main: { failed: { code: 'crm.unreachable' } },
      local: { written: 1, calls: { read: 0, history: 0, write: 0 } },
    })
    world.account.recover()
    await world.push()
    const { cells } = await useCases.reportBackfill(id)
    expect(world.held(record)).toMatchObject({ plan_wanted: 'Pro' })
    expect(cells.filter((cell) => cell.field === 'plan_wanted')).toMatchObject([
      { connection: 'local', externalId: expect.stringMatching(/^contact_\d+$/), before: null, after: 'Pro' },
      { connection: 'main', externalId: record, before: null, after: 'Pro' },
    ])
  })
})

describe('a conversation without a number', () => {
  const without = (id: string, record?: string) => ({
    ...chat({ id, at: '2025-05-01T10:00:00Z', turns: wants('Pro', 900) }),
    ...(record === undefined ? {} : { metadata: { record } }),
  })

  test('is with the contact of the CRM record that it matched', async () => {
    const number = newNumber()
    const record = await addContact(world, { properties: { phone: number } })
    await world.take(without(`${number} chat`, record))
    await world.rerun(`${number} chat`)
    expect(await held(number)).toMatchObject({ plan_wanted: 'Pro' })
  })

  test('also where that record becomes known only afterwards', async () => {
    const number = newNumber()
    const [record = ''] = world.account.createContacts([{ properties: { phone: number } }])
    await world.take(without(`${number} chat`, record))
    await world.rerun(`${number} chat`)
    await world.importCrm()
    await world.push()
    expect(await held(number)).toMatchObject({ plan_wanted: 'Pro' })
  })

  test('and without a record is with nobody', async () => {
    const id = newNumber()
    await world.take(without(id))
    await world.rerun(id)
    const states = await db.selectFrom('links').select('state').where('conversation_id', '=', id).execute()
    expect(states).toEqual([{ state: 'none' }, { state: 'none' }])
  })
})

describe('a person', () => {
  async function heardOnce() {
    const number = newNumber()
    await world.take(call({ id: number, at: '2025-05-01T10:00:00Z', number, turns: wants('Pro', 900) }))
    await world.rerun(number)
    return number
  }

  test('beats what was said before, not what is said later', async () => {
    const number = await heardOnce()
    await edit(number, { plan_wanted: 'Basic', first_name: 'Zoë', times_asked: 12 })
    await backfill(world, number)
    expect(await held(number)).toMatchObject({ plan_wanted: 'Basic', times_asked: 12 })
    const { records } = await useCases.explainField({ contact: number, field: 'plan_wanted' })
    expect(records[0]?.timeline.at(-1)).toMatchObject({ kind: 'edited', value: 'Basic', decides: true, atLatest: false })

    await world.take(
      call({ id: `${number} later`, at: new Date(Date.now() + 60_000).toISOString(), number, turns: wants('Team', 100) }),
    )
    await world.rerun(`${number} later`)
    expect(await findContact(db, number, 'US')).toMatchObject({ firstName: 'Zoë' })
  })

  test('who empties a field has it empty', async () => {
    const number = await heardOnce()
    await edit(number, { plan_wanted: null })
    await backfill(world, number)
    expect(await held(number)).not.toHaveProperty('plan_wanted')
  })

  test('has every ignored edit decided again at once', async () => {
    const number = newNumber()
    await world.useMapping(own.replace('to: plan_wanted }', 'to: plan_wanted, human_edits: overwrite }'), hubspot)
    await world.take(call({ id: number, at: '2025-05-01T10:00:00Z', number, turns: wants('Pro', 900) }))
    await world.rerun(number)
    await edit(number, { plan_wanted: 'Basic' })
    expect(await held(number)).toMatchObject({ plan_wanted: 'Basic' })
    await world.push()
    expect(await held(number)).toMatchObject({ plan_wanted: 'Pro' })
    await world.useMapping(own, hubspot)
  })

  test('who edits between our read and our write loses nothing, of this field or another', async () => {
    const number = newNumber()
    await world.take(call({ id: number, at: '2025-05-01T10:00:00Z', number, turns: wants('Pro', 900) }))
    await useCases.rerunConversation({ conversationId: number, actor, reason: 'test' })
    const crm = world.crms.get('local')
    if (!crm) throw new Error('there is no connection local')
    let edits = 0
    await pushWhile(
      { ...world, crm },
      {
        before: async () => {
          edits += 1
          if (edits === 1) await edit(number, { plan_wanted: 'Basic', note: 'call back' })
        },
      },
    )
    expect(edits, 'written at the second try, in the same push').toBe(2)
    expect(await held(number)).toMatchObject({ plan_wanted: 'Basic', note: 'call back', highest_budget: 900 })
    const outcomes = db.selectFrom('ledger').innerJoin('crm_records', 'crm_records.id', 'record_id').select('outcome')
    const contact = await findContact(db, number, 'US')
    const own = outcomes.where('external_id', '=', `contact_${contact.id}`).orderBy('ledger.id')
    expect(await own.execute()).toEqual([{ outcome: 'unsent' }, { outcome: 'written' }])
  })
})

test('who asked not to be called is not called again because of what is said later, or undone', async () => {
  const asked = { type: 'boolean', name: 'no_calls', description: 'Whether the customer asked not to be called.' }
  await ask(world, plan, budget, asked)
  await world.useMapping(own.replace('fields:', 'fields:\n  - { from: no_calls, to: do_not_call }'), hubspot)
  const number = newNumber()
  await edit((await taken(number)).number, { do_not_call: true })
  const { runId } = await world.rerun(number)
  await useCases.undoRun({ runId, actor, reason: 'test' })
  await world.push()
  expect(await findContact(db, number, 'US')).toMatchObject({ doNotCall: true })
  await edit(number, { do_not_call: false })
  expect(await findContact(db, number, 'US')).toMatchObject({ doNotCall: false })
  await ask(world, plan, budget)
  await world.useMapping(own, hubspot)

  async function taken(number: string) {
    await world.take(call({ id: number, at: '2025-05-01T10:00:00Z', number, turns: wants('Pro', 900) }))
    return { number }
  }
})

test('a contact that is erased takes its record along, with its cells, its history and what was written', async () => {
  const number = newNumber()
  await world.take(call({ id: number, at: '2025-05-01T10:00:00Z', number, turns: wants('Pro', 900) }))
  await world.rerun(number)
  const { id, ownRecords } = await findContact(db, number, 'US')
  const recordId = ownRecords[0]?.recordId ?? 0
  await transact(db, async (trx) => void (await trx.deleteFrom('contacts').where('id', '=', id).execute()))
  const left = await Promise.all([
    db.selectFrom('crm_records').select('id').where('id', '=', recordId).execute(),
    db.selectFrom('record_state').select('record_id').where('record_id', '=', recordId).execute(),
    db.selectFrom('ledger').select('id').where('record_id', '=', recordId).execute(),
    db.selectFrom('contact_changes').select('id').where('contact_id', '=', id).execute(),
  ])
  expect(left).toEqual([[], [], [], []])
})
