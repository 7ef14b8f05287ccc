import { afterAll, expect, test } from 'vitest'
import { hubspotAccount, startPortal } from '../../contract/hubspot-account.ts'
import { createTestDatabase } from '../../support/database.ts'

const { db } = await createTestDatabase()
const portal = await startPortal()
afterAll(() => portal.close())
const { crm, object, create } = hubspotAccount(portal, db)

test('a lifecycle stage that HubSpot silently leaves where it is was refused, and the rest of its row written', async () => {
  const [back = '', on = ''] = await create([{ lifecyclestage: 'customer' }, { lifecyclestage: 'lead' }])
  const outcomes = await crm.write(object, [
    { externalId: back, values: { lifecyclestage: 'lead', note: 'kept' } },
    { externalId: on, values: { lifecyclestage: 'customer' } },
  ])
  const refused = { field: 'lifecyclestage', code: 'LIFECYCLE_STAGE_BACKWARDS', reason: expect.any(String) }
  expect(outcomes).toEqual([
    { externalId: back, outcome: 'written', values: { note: 'kept' }, rejectedFields: [refused] },
    { externalId: on, outcome: 'written', values: { lifecyclestage: 'customer' }, rejectedFields: [] },
  ])
  const held = await crm.read(object, [back], ['lifecyclestage', 'note'])
  expect(held.get(back)?.values).toEqual({ lifecyclestage: 'customer', note: 'kept' })
})

test('a stage that is emptied, or was empty, takes any', async () => {
  const [id = ''] = await create([{ lifecyclestage: 'customer' }])
  for (const lifecyclestage of [null, 'lead']) {
    const [outcome] = await crm.write(object, [{ externalId: id, values: { lifecyclestage } }])
    expect(outcome).toMatchObject({ outcome: 'written', values: { lifecyclestage }, rejectedFields: [] })
  }
})
