import { afterAll, expect, test, vi } from 'vitest'
import { closeSettled, runContactBackfill } from '../../../src/backfill/index.ts'
import { selectJob } from '../../../src/contacts/index.ts'
import { startWorking } from '../../../src/main/index.ts'
import { workOn } from '../../support/backfills.ts'
import { call, chat } from '../../support/conversations.ts'
import { ask, plan } from '../../support/items.ts'
import { budget, hubspotMapping, ownMapping, wants } from '../../support/own-contacts.ts'
import { addContact, rowsWritten, textField } from '../../support/records.ts'
import { createWorld } from '../../support/world.ts'
import { openContacts } from './open-contacts.ts'

const world = await createWorld()
const { db, models, actor, useCases } = world
world.hubspot.defineProperties([textField('plan_wanted')])
await ask(world, plan, budget)
const { retell, refusal } = await openContacts(world, afterAll)
const { contact } = retell
const run = () => runContactBackfill({ ...world, now: () => new Date(), warnRecords: 1_000 })

// Analysed before any rule of our own contacts was there.
await world.useMapping(hubspotMapping)
const number = '+12125550100'
await addContact(world, { properties: { phone: number }, at: '2025-01-01T00:00:00Z' })
await world.take(
  call({ id: 'one', at: '2025-04-01T10:00:00Z', number, turns: wants('Basic', 900) }),
  chat({ id: 'two', at: '2025-04-02T10:00:00Z', number, turns: wants('Pro', 100) }),
  call({ id: 'three', at: '2025-04-03T10:00:00Z', number, turns: wants('Team', 500) }),
  call({ id: 'never', at: '2025-04-04T10:00:00Z', number, turns: wants('Basic', 1) }),
)
for (const conversationId of ['one', 'two', 'three'])
  await useCases.rerunConversation({ conversationId, actor, reason: 'test' })
const second = ownMapping.replace(/ {2}- .*/s, '  - { from: plan, to: second_plan, mode: fill_if_empty }\n')
await world.useMapping(hubspotMapping, ownMapping, second)
const fieldsOf = async () => (await contact.getByPhone(number)).custom_fields

test('before any there is none', async () => {
  expect(await contact.getBackfillJobStatus()).toEqual({ status: 'idle' })
})

test.each<[string[], string]>([
  [['contact_memory'], 'contact_memory is kept as given'],
  [['plan_wanted', 'planz'], '"planz"'],
  [['first_name'], '"first_name"'],
  [[], 'backfill_attributes: '],
  [Array.from({ length: 201 }, () => 'plan_wanted'), 'backfill_attributes: '],
])('%j is refused, rather than run without writing anything', async (backfill_attributes, message) => {
  expect(await refusal(contact.backfillAnalysisData({ backfill_attributes }))).toEqual([
    400,
    expect.stringContaining(message),
  ])
  expect(await contact.getBackfillJobStatus()).toEqual({ status: 'idle' })
})

test('only agents and start times filter, and mistakes in them are told with their place', async () => {
  const asking = (filter: object) =>
    refusal(contact.backfillAnalysisData({ backfill_attributes: ['plan_wanted'], backfill_call_filter: filter }))
  expect(await asking({ direction: 'inbound' })).toEqual([400, expect.stringContaining('direction')])
  expect(await asking({ agent: [{}] })).toEqual([400, expect.stringContaining('backfill_call_filter.agent.0')])
})

test('these fields alone, of these conversations alone, without a model, and of our own contacts alone; one at a time', async () => {
  await world.push()
  const [asked, rows] = [models.admin.state().requests, rowsWritten(world)]
  const until = Date.parse('2025-04-02T23:00:00Z')
  const backfill = {
    backfill_attributes: ['plan_wanted', 'second_plan'],
    backfill_call_filter: {
      agent: [{ agent_id: 'agent_1' }, { agent_id: 'chat_agent_1' }],
      start_timestamp: { type: 'number' as const, op: 'le' as const, value: until },
    },
  }
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => refusal(contact.backfillAnalysisData(backfill)).catch(() => null)),
  )
  expect(answers.filter((answer) => answer === null)).toHaveLength(1)
  expect(answers.filter((answer) => answer !== null)).toEqual(
    Array.from({ length: 3 }, () => [400, 'A backfill job is already running.']),
  )
  expect(await contact.getBackfillJobStatus()).toMatchObject({
    status: 'queued',
    succeeded: 0,
    failed: 0,
    triggered_by: 'manual',
  })

  await Promise.all([run(), run()])
  expect(await contact.getBackfillJobStatus()).toMatchObject({ status: 'running' })
  const { backfillId } = (await selectJob(db, 'backfill')) ?? {}
  await workOn(world, backfillId ?? 0)
  expect(await refusal(contact.backfillAnalysisData(backfill))).toEqual([400, 'A backfill job is already running.'])
  await world.push()
  expect(await contact.getBackfillJobStatus()).toMatchObject({ status: 'idle', succeeded: 2, failed: 0 })
  expect(await fieldsOf()).toEqual({ plan_wanted: 'Pro', second_plan: 'Basic' })
  expect(models.admin.state().requests).toBe(asked)
  expect(rowsWritten(world)).toBe(rows)
  // It is a backfill like others: undone, the fields are as before.
  await useCases.undoBackfill({ id: backfillId ?? 0, actor, reason: 'test' })
  await world.push()
  expect(await fieldsOf()).toEqual({})
})

test('one of nothing, and one of which its worker died between plan and start', async () => {
  const none = { start_timestamp: { type: 'range' as const, op: 'bt' as const, value: [0, 1] } }
  await contact.backfillAnalysisData({ backfill_attributes: ['plan_wanted'], backfill_call_filter: none })
  await run()
  expect(await contact.getBackfillJobStatus()).toMatchObject({ status: 'idle', succeeded: 0, failed: 0 })

  await contact.backfillAnalysisData({ backfill_attributes: ['highest_budget'] })
  const died = runContactBackfill({
    ...world,
    now: () => new Date(),
    warnRecords: 1_000,
    next: { ...world.next, backfillRuns: () => Promise.reject(new Error('killed')) },
  })
  await expect(died).rejects.toThrow('killed')
  expect(await contact.getBackfillJobStatus()).toMatchObject({ status: 'queued' })
  // Rules change before the next worker takes it up: planned anew.
  await world.useMapping(
    hubspotMapping,
    ownMapping.replace('to: highest_budget, mode: max', 'to: highest_budget, mode: min'),
    second,
  )
  await expect(run()).rejects.toMatchObject({ code: 'backfill.plan_changed' })
  await run()
  const { backfillId } = (await selectJob(db, 'backfill')) ?? {}
  await workOn(world, backfillId ?? 0)
  await world.push()
  await closeSettled({ ...world, now: () => new Date() })
  expect(await selectJob(db, 'backfill')).toMatchObject({ state: 'done' })
  expect(await fieldsOf()).toEqual({ highest_budget: 100 })
})

test('workers do what is asked for, imports of files too', async () => {
  await startWorking(world)
  await contact.backfillAnalysisData({ backfill_attributes: ['plans'] })
  const file = new File(['Phone,First\n+12125550199,Ann\n'], 'a.csv')
  const { upload_id = '' } = await contact.uploadImportFile({ file })
  const column_mapping = [
    { field_name: 'phone_number', external_field_name: 'Phone' },
    { field_name: 'first_name', external_field_name: 'First' },
  ]
  await contact.createImport({ upload_id, column_mapping })
  const isOver = async () => [(await contact.getBackfillJobStatus()).status, (await contact.getImport()).status]
  await vi.waitUntil(async () => (await isOver()).every((status) => status === 'idle'), {
    interval: 100,
    timeout: 30_000,
  })
  expect(await fieldsOf()).toMatchObject({ plans: ['Basic', 'Pro', 'Team'] })
  expect(await contact.getByPhone('+12125550199')).toMatchObject({ first_name: 'Ann' })
}, 40_000)
