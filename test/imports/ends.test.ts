import { describe, expect, test } from 'vitest'
import { type Kind, kinds } from '../support/accounts/account.ts'
import { call } from '../support/conversations.ts'
import { addContact } from '../support/records.ts'
import { linkOf } from '../sync/link/links.ts'
import { importChanges, openImports, recordOf } from './imports-world.ts'

const longAgo = '2025-01-15T09:00:00Z'
const april = { at: '2025-04-10T10:00:00Z', turns: ['I want the Pro plan.'] }
const number = '+12125550101'

async function writtenContact(kind: Kind) {
  const world = await openImports(kind)
  const id = await addContact(world, { properties: { phone: number }, at: longAgo })
  await world.take(call({ id: 'a', number, ...april }))
  await world.rerun('a')
  await importChanges(world)
  return { world, id }
}

describe.each(kinds)('on %s', (kind) => {
  test('a merge takes the conversations along, and the field is decided again on the record that lives on', async () => {
    const { world, id } = await writtenContact(kind)
    const other = await addContact(world, { properties: { email: 'other@example.com' }, at: longAgo })
    const survivor = world.account.merge({ into: other, from: id })
    expect(await importChanges(world)).toMatchObject({ created: 0 })
    expect(await linkOf(world, 'a')).toMatchObject({ state: 'matched', record: survivor })
    await world.push()
    expect(world.held(survivor)).toMatchObject({ plan_wanted: 'Pro' })
    expect(await importChanges(world)).toMatchObject({ created: 0, changed: 0, gone: 0 })
  })

  test('a deleted record is gone: it matches nothing, and nothing is made anew; restored, it has its conversations back', async () => {
    const { world, id } = await writtenContact(kind)
    await world.take(call({ id: 'c', number: '+12125550199', ...april }))
    const said = { conversationId: 'c', record: id, actor: world.actor, reason: 'asked them' }
    await world.useCases.resolveMatch(said)
    await world.push()
    world.account.remove(id)
    const whole = await importChanges(world, {}, true)
    expect(whole).toMatchObject({ created: 0, gone: 1 })
    expect((await recordOf(world, id)).gone_at).not.toBeNull()
    expect(await linkOf(world, 'a')).toMatchObject({ state: 'none', record: null })
    expect(await linkOf(world, 'c')).toMatchObject({ state: 'none', record: null })
    await world.take(call({ id: 'b', number, at: '2025-05-10T10:00:00Z', turns: ['I want the Team plan.'] }))
    await world.rerun('b')
    expect(world.account.count('write').rows).toBe(1)
    expect(await importChanges(world, {}, true)).toMatchObject({ created: 0, gone: 0 })
    world.account.restore(id)
    await importChanges(world, {}, true)
    expect((await recordOf(world, id)).gone_at).toBeNull()
    expect(await linkOf(world, 'a')).toMatchObject({ state: 'matched', record: id })
    expect(await linkOf(world, 'c')).toMatchObject({ state: 'matched', step: 'person', record: id })
    await world.push()
    expect(world.held(id)).toMatchObject({ plan_wanted: 'Team' })
  })
})

test('Salesforce tells of a deletion with the changes: no scan of all is needed', async () => {
  const { world, id } = await writtenContact('salesforce')
  world.account.remove(id)
  expect(await importChanges(world)).toMatchObject({ gone: 1 })
  world.account.restore(id)
  await importChanges(world)
  expect(await linkOf(world, 'a')).toMatchObject({ state: 'matched', record: id })
})

test('a record that a scan of all has missed, but the CRM has, stays', async () => {
  const { world, id } = await writtenContact('hubspot')
  const nothing = { scan: async () => ({ records: [], next: null, seenTo: null }) }
  expect(await importChanges(world, nothing, true)).toMatchObject({ gone: 0 })
  expect((await recordOf(world, id)).gone_at).toBeNull()
})

describe('a lead that is converted', () => {
  const mapping = (object: string) =>
    JSON.stringify({
      ...{ version: 1, crm: 'salesforce', connection: 'main', object },
      match: [{ record_id: `metadata.${object}` }],
      fields: [{ from: 'plan', to: 'Plan_Wanted__c' }],
      activity: { calls: true },
    })

  test.for(['an import', 'a push, before any import,'])(
    'passes its conversations on to the contact, and is gone itself, when %s sees it',
    async (first) => {
      const world = await openImports('salesforce')
      const { salesforce: org } = world
      org.defineFields('Lead', [{ name: 'Plan_Wanted__c', kind: 'text' }])
      await world.useMapping(mapping('Lead'), mapping('Contact'))
      const [lead = ''] = org.createRecords('Lead', [{ values: { LastName: 'Adler', Company: 'Acme' }, at: longAgo }])
      await world.importCrm()
      await world.take({ ...call({ id: 'a', number, ...april }), metadata: { Lead: lead } })
      await world.rerun('a')
      expect(org.state().records.Lead?.[0]?.values).toMatchObject({ Plan_Wanted__c: 'Pro' })
      const { contactId } = org.convertLead({ id: lead })
      if (first !== 'an import') await world.rerun('a')
      await importChanges(world)
      await importChanges(world)
      const links = world.db
        .selectFrom('links')
        .leftJoin('crm_records', 'crm_records.id', 'links.record_id')
        .select(['links.object', 'state', 'step', 'external_id as record'])
        .orderBy('links.object')
      const passedOn = [
        { object: 'Contact', state: 'matched', step: 'conversion', record: contactId },
        { object: 'Lead', state: 'none', step: null, record: null },
      ]
      expect(await links.execute()).toEqual(passedOn)
      expect((await recordOf(world, lead)).gone_at).not.toBeNull()
      await world.push()
      const [contact] = org.state().records.Contact ?? []
      expect(contact?.values).toMatchObject({ Plan_Wanted__c: 'Pro' })
      expect(await importChanges(world)).toMatchObject({ gone: 0 })

      const tasks = () => org.state().records.Task?.map(({ values }) => [values.WhoId, values.Description])
      expect(tasks()).toEqual([[contactId, expect.not.stringContaining('Mended')]])
      const corrected = { conversationId: 'a', item: 'call_summary', value: 'Mended.', actor: world.actor }
      await world.useCases.correctField({ ...corrected, reason: 'test' })
      await world.push()
      expect(tasks()).toEqual([[contactId, expect.stringContaining('Mended.')]])

      org.remove({ object: 'Contact', id: contactId })
      await importChanges(world)
      expect((await links.execute()).map(({ state }) => state)).toEqual(['none', 'none'])
      org.undelete({ object: 'Contact', id: contactId })
      await importChanges(world)
      expect(await links.execute()).toEqual(passedOn)
    },
  )
})
