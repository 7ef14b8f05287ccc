import { describe, expect, test } from 'vitest'
import { findContact } from '../../src/contacts/index.ts'
import { type Kind, kinds } from '../support/accounts/account.ts'
import { translated } from '../support/mappings.ts'
import { booleanField } from '../support/records.ts'
import { importChanges, openImports } from './imports-world.ts'

const number = '+12125550101'

/** A contact whose first name and do-not-call come from the CRM. */
async function importedContact(kind: Kind, properties: Record<string, string> = {}) {
  const world = await openImports(kind)
  const { account, useCases, actor } = world
  account.defineProperties([booleanField('dnc')])
  const yaml = `
version: 1
crm: hubspot
connection: main
object: contacts
match: [{ number: { of: [from_or_to], in: [phone] } }]
import: { first_name: firstname, do_not_call: dnc }
fields: [{ from: plan, to: plan_wanted }]
`
  await world.useMapping(translated(account, yaml))
  const [id = ''] = account.createContacts([{ properties: { phone: number, firstname: 'Jon', ...properties } }])
  await importChanges(world)
  return {
    world,
    id,
    contact: () => findContact(world.db, number, 'US'),
    edit: (changes: Parameters<typeof useCases.editContact>[0]['changes']) =>
      useCases.editContact({ contact: number, changes, actor, reason: 'told by mail' }),
    inCrm: (changed: Record<string, string>) => {
      // A Salesforce keeps whole seconds.
      const at = new Date(Date.now() + 2_000).toISOString()
      account.edit({ id, properties: changed, as: 'person', at })
    },
    import: () => importChanges(world, {}, true),
  }
}

describe.each(kinds)('an imported field that a person has edited here, on %s', (kind) => {
  test('keeps the edit as long as the CRM brings what it brought before, also after other changes there', async () => {
    const { contact, edit, inCrm, import: again } = await importedContact(kind)
    await edit({ first_name: 'John' })
    await again()
    expect(await contact()).toMatchObject({ firstName: 'John' })
    inCrm({ city: 'Zürich' })
    expect(await again()).toMatchObject({ changed: 0 })
    expect(await contact()).toMatchObject({ firstName: 'John' })
  })

  test('takes the value that the CRM was given after the edit, and the next edit stands again', async () => {
    const { contact, edit, inCrm, import: again } = await importedContact(kind)
    await edit({ first_name: 'John' })
    inCrm({ firstname: 'Jonathan' })
    await again()
    expect(await contact()).toMatchObject({ firstName: 'Jonathan' })
    await edit({ first_name: 'Johnny' })
    await again()
    expect(await contact()).toMatchObject({ firstName: 'Johnny' })
  })

  test('keeps the edit where the CRM had changed before it', async () => {
    const { world, id, contact, edit, import: again } = await importedContact(kind)
    world.account.edit({ id, properties: { firstname: 'Jonathan' }, as: 'person', at: '2025-05-01T09:00:00Z' })
    await edit({ first_name: 'John' })
    await again()
    expect(await contact()).toMatchObject({ firstName: 'John' })
  })
})

describe.each(kinds)('do-not-call, on %s', (kind) => {
  test('is set by an import and never cleared by one; a person here may clear it', async () => {
    const { contact, edit, inCrm, import: again } = await importedContact(kind, { dnc: 'false' })
    expect(await contact()).toMatchObject({ doNotCall: false })
    inCrm({ dnc: 'true' })
    await again()
    expect(await contact()).toMatchObject({ doNotCall: true })
    inCrm({ dnc: 'false' })
    await again()
    expect(await contact()).toMatchObject({ doNotCall: true })
    inCrm({ dnc: 'true' })
    await again()
    await edit({ do_not_call: false })
    await again()
    expect(await contact()).toMatchObject({ doNotCall: false })
  })
})
