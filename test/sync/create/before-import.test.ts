import { expect, onTestFinished, test } from 'vitest'
import { backfill, planMappingOnly } from '../../support/backfills.ts'
import { call } from '../../support/conversations.ts'
import { creatingMapping, openCreating } from '../../support/creating.ts'
import { endLinger } from '../../support/open-world.ts'

const number = '+12125550100'

test('nobody is created before the first import has ended: who turns out to be there is used, and others are created then', async () => {
  const world = await openCreating('hubspot', onTestFinished, { isImported: false })
  const { account, db } = world
  const [ada = ''] = account.createContacts([{ properties: { phone: number, lastname: 'Ada' } }])
  const turns = ['I want the Pro plan.']
  const other = '+12125550101'
  await world.take(
    call({ id: 'call_1', at: '2025-04-10T10:00:00Z', number, turns }),
    call({ id: 'call_2', at: '2025-04-10T10:00:00Z', number: other, turns }),
  )
  const { pushes } = await backfill(world, 'call_1', 'call_2')
  expect(pushes).toMatchObject({ recordsCreated: 0, waiting: 2 })
  expect(account.contacts()).toHaveLength(1)
  await expect(planMappingOnly(world)).rejects.toMatchObject({ code: 'crm.not_imported' })
  await world.importCrm()
  await endLinger(world)
  await world.push()
  await world.push()
  expect(world.held(ada)).toMatchObject({ lastname: 'Ada', plan_wanted: 'Pro' })
  expect(
    account
      .contacts()
      .map(({ properties }) => properties.phone)
      .sort(),
  ).toEqual([number, other])
  expect(await db.selectFrom('creation_marks').selectAll().execute()).toEqual([])
})

test('with write: false nobody is created; crm prepare makes the key, and a check tells of one that is none', async () => {
  const world = await openCreating('salesforce', onTestFinished)
  const { account, useCases, actor } = world
  await world.useMapping(creatingMapping(account, { write: false }))
  await world.take(call({ id: 'call_1', at: '2025-04-10T10:00:00Z', number, turns: ['I want the Pro plan.'] }))
  await world.rerun('call_1')
  expect(account.contacts()).toEqual([])
  const missing = { create: { FirstName: 'Caller' }, key: 'Phone' }
  await world.useMapping(creatingMapping(account, { missing }))
  const findings = await useCases.inspectConnections('main')
  expect(JSON.stringify(findings)).toContain('is no key')
  expect(JSON.stringify(findings)).toContain('is refused without \\"LastName\\"')
  await world.useMapping(creatingMapping(account, { missing: { ...missing, key: 'Own_Number__c' } }))
  const prepared = await useCases.prepareConnections({ create: false, actor })
  expect(JSON.stringify(prepared)).toContain('Own_Number__c')
})
