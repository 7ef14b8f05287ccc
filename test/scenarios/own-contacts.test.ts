import { describe, expect, test } from 'vitest'
import { findContact } from '../../src/contacts/index.ts'
import { ownSchema } from '../../src/contacts/local/own-schema.ts'
import { backfill, planOf, workOn } from '../support/backfills.ts'
import { call, chat } from '../support/conversations.ts'
import { endLinger } from '../support/open-world.ts'
import { hubspotMapping, openOwnWorld, ownMapping, wants } from '../support/own-contacts.ts'
import { addContact } from '../support/records.ts'

// Our own contacts are cells with the same fold: no CRM has a part in it but where a test says so.
const { world, newNumber, held, edit } = await openOwnWorld()
const { db, useCases, actor } = world

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

test('a stamp is in the contact too, typed, and goes with the conversation that decides', async () => {
  const stamped = '{ from: plan, to: plan_wanted, stamp: { at: plan_said_at, link: plan_said_in } }'
  await world.useMapping(ownMapping.replace('{ from: plan, to: plan_wanted }', stamped), hubspotMapping)
  const number = newNumber()
  await world.take(call({ id: number, at: '2025-05-01T10:00:00Z', number, turns: wants('Pro', 900) }))
  const { runId } = await world.rerun(number)
  expect(await held(number)).toMatchObject({
    plan_wanted: 'Pro',
    plan_said_at: '2025-05-01T10:00:00.000Z',
    plan_said_in: expect.stringContaining('/v1/conversations/'),
  })
  expect((await ownSchema(db)).get('plan_said_at')).toMatchObject({ kind: 'datetime' })
  await useCases.undoRun({ runId, actor, reason: 'test' })
  await world.push()
  expect(await held(number)).toEqual({})
  await world.useMapping(ownMapping, hubspotMapping)
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

test('a contact that is erased takes its record along, with its cells, its history and what was written', async () => {
  const number = newNumber()
  await world.take(call({ id: number, at: '2025-05-01T10:00:00Z', number, turns: wants('Pro', 900) }))
  await world.rerun(number)
  const { id, ownRecords } = await findContact(db, number, 'US')
  const recordId = ownRecords[0]?.recordId ?? 0
  await db.deleteFrom('contacts').where('id', '=', id).execute()
  const left = await Promise.all([
    db.selectFrom('crm_records').select('id').where('id', '=', recordId).execute(),
    db.selectFrom('record_state').select('record_id').where('record_id', '=', recordId).execute(),
    db.selectFrom('ledger').select('id').where('record_id', '=', recordId).execute(),
    db.selectFrom('contact_changes').select('id').where('contact_id', '=', id).execute(),
  ])
  expect(left).toEqual([[], [], [], []])
})
