import { afterAll, describe, expect, test } from 'vitest'
import { findContact } from '../../src/contacts/index.ts'
import { type Kind, kinds } from '../support/accounts/account.ts'
import { translated } from '../support/mappings.ts'
import { booleanField } from '../support/records.ts'
import type { World } from '../support/world.ts'
import { importChanges, openImports } from './imports-world.ts'

/** An account whose first names and do-not-calls come from the CRM. */
async function openAccount(kind: Kind) {
  const world = await openImports(kind, { atEnd: afterAll })
  world.account.defineProperties([booleanField('dnc')])
  const yaml = `
version: 1
crm: hubspot
connection: main
object: contacts
match: [{ number: { of: [from_or_to], in: [phone] } }]
import: { first_name: firstname, do_not_call: dnc }
fields: [{ from: plan, to: plan_wanted }]
`
  await world.useMapping(translated(world.account, yaml))
  return world
}

let people = 100
/** A new contact of it, as it was imported. */
async function importedContact(world: World, properties: Record<string, string> = {}) {
  const { account, useCases, actor } = world
  people += 1
  const number = `+12125550${people}`
  const [id = ''] = account.createContacts([{ properties: { phone: number, firstname: 'Jon', ...properties } }])
  await importChanges(world, {}, true)
  return {
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

describe.each(kinds)('on %s', async (kind) => {
  const world = await openAccount(kind)

  describe('an imported field that a person has edited here', () => {
    test('keeps the edit as long as the CRM brings what it brought before, also after other changes there', async () => {
      const { contact, edit, inCrm, import: again } = await importedContact(world)
      await edit({ first_name: 'John' })
      await again()
      expect(await contact()).toMatchObject({ firstName: 'John' })
      inCrm({ city: 'Zürich' })
      expect(await again()).toMatchObject({ changed: 0 })
      expect(await contact()).toMatchObject({ firstName: 'John' })
    })

    test('takes the value that the CRM was given after the edit, and the next edit stands again', async () => {
      const { contact, edit, inCrm, import: again } = await importedContact(world)
      await edit({ first_name: 'John' })
      inCrm({ firstname: 'Jonathan' })
      await again()
      expect(await contact()).toMatchObject({ firstName: 'Jonathan' })
      await edit({ first_name: 'Johnny' })
      await again()
      expect(await contact()).toMatchObject({ firstName: 'Johnny' })
    })

    test('keeps the edit where the CRM had changed before it', async () => {
      const { id, contact, edit, import: again } = await importedContact(world)
      world.account.edit({ id, properties: { firstname: 'Jonathan' }, as: 'person', at: '2025-05-01T09:00:00Z' })
      await edit({ first_name: 'John' })
      await again()
      expect(await contact()).toMatchObject({ firstName: 'John' })
    })
  })

  describe('do-not-call', () => {
    test('is set by an import and never cleared by one; a person here may clear it', async () => {
      const { contact, edit, inCrm, import: again } = await importedContact(world, { dnc: 'false' })
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
})
