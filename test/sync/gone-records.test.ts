import { beforeEach, expect, test } from 'vitest'
import { planOf, workOn } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, plan } from '../support/items.ts'
import { addContact, textField } from '../support/records.ts'
import { createWorld } from '../support/world.ts'
import { linkOf, planMapping } from './link/links.ts'

const world = await createWorld()
await world.useMapping(planMapping)
await ask(world, plan)

/** The CRM forgets every contact. */
function loseAll(): void {
  world.hubspot.reset()
  world.hubspot.defineProperties([textField('plan_wanted')])
}

beforeEach(loseAll)

const longAgo = '2025-01-15T09:00:00Z'

/** A contact with a call that a backfill has analysed; nothing is pushed yet. */
async function analysedContact(number: string) {
  // A CRM gives no id twice; a sandbox that was reset would.
  const id = number.slice(1)
  const record = await addContact(world, { id, properties: { phone: number }, at: longAgo })
  await world.take(call({ id: number, at: '2025-04-10T10:00:00Z', number, turns: ['I want the Pro plan.'] }))
  const backfillId = await planOf(world, number)
  await world.useCases.startBackfill({ id: backfillId, actor: world.actor })
  await workOn(world, backfillId)
  return { record, backfillId }
}

test('a record that the CRM has no more unlinks its conversations, counted no_record', async () => {
  const { backfillId } = await analysedContact('+12125550141')
  loseAll()
  await world.push()
  expect(await linkOf(world, '+12125550141')).toEqual({ state: 'none', step: null, record: null })
  expect(await world.useCases.backfillStatus(backfillId)).toMatchObject({
    pushes: { decisions: { no_record: 1 }, recordsWritten: 0, waiting: 0 },
    settled: true,
  })
})

test('a record that is back takes its conversations back, and their word', async () => {
  const { record } = await analysedContact('+12125550142')
  loseAll()
  await world.push()
  await addContact(world, { id: record, properties: { phone: '+12125550142' }, at: longAgo })
  expect(await linkOf(world, '+12125550142')).toMatchObject({ state: 'matched', record })
  await world.push()
  expect(world.held(record)).toMatchObject({ plan_wanted: 'Pro' })
})

test('what was linked while its record was found gone keeps no backfill open for ever', async () => {
  const { record, backfillId } = await analysedContact('+12125550143')
  // As by a push that could not see the link yet.
  await world.db.updateTable('crm_records').set({ gone_at: new Date() }).where('external_id', '=', record).execute()
  expect(await world.useCases.backfillStatus(backfillId)).toMatchObject({ pushes: { waiting: 1 }, settled: false })
  await world.push()
  expect(await world.useCases.backfillStatus(backfillId)).toMatchObject({
    pushes: { decisions: { no_record: 1 }, waiting: 0 },
    settled: true,
  })
})

test('what was linked while its record was merged goes to the record that lives on', async () => {
  const { record, backfillId } = await analysedContact('+12125550144')
  const survivor = await addContact(world, { properties: { email: 'survivor@example.com' }, at: longAgo })
  const { db } = world
  const into = db.selectFrom('crm_records').select('id').where('external_id', '=', survivor)
  await db.updateTable('crm_records').set({ merged_into: into }).where('external_id', '=', record).execute()
  await world.push()
  await world.push()
  expect(await linkOf(world, '+12125550144')).toMatchObject({ state: 'matched', record: survivor })
  expect(world.held(survivor)).toMatchObject({ plan_wanted: 'Pro' })
  expect(await world.useCases.backfillStatus(backfillId)).toMatchObject({ pushes: { waiting: 0 }, settled: true })
})
