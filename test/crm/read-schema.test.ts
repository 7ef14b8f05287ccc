import { afterAll, expect, test } from 'vitest'
import { readSchema, rememberConnection, storedFields } from '../../src/crm/index.ts'
import { hubspotOn, startPortal } from '../contract/hubspot-account.ts'
import { createTestDatabase } from '../support/database.ts'

const { db } = await createTestDatabase()
const portal = await startPortal()
afterAll(() => portal.close())
const crm = hubspotOn(portal, db)
await rememberConnection({ db }, { name: crm.connection, kind: 'hubspot', account: '44237313' })
const namesOf = async (maxAgeMs: number) =>
  (await readSchema({ db, crm }, 'contacts', { maxAgeMs })).map(({ name }) => name)

test('a schema is read once while it is fresh, and the same from the database as from HubSpot', async () => {
  const asked = await readSchema({ db, crm }, 'contacts', { maxAgeMs: 60_000 })
  expect(asked).toEqual(await crm.describe('contacts'))
  portal.defineProperties([{ name: 'added_later', type: 'string', fieldType: 'text' }])
  expect(await readSchema({ db, crm }, 'contacts', { maxAgeMs: 60_000 })).toEqual(asked)
})

test('and again when it is older than asked for', async () => {
  await namesOf(60_000)
  portal.defineProperties([{ name: 'added_last', type: 'string', fieldType: 'text' }])
  expect(await namesOf(60_000)).not.toContain('added_last')
  expect(await namesOf(0)).toContain('added_last')
  expect(await namesOf(60_000), 'which is then kept').toContain('added_last')
})

test('however old it is, where that is all the same', async () => {
  await namesOf(60_000)
  await db.updateTable('crm_schemas').set({ read_at: new Date('2001-01-01T00:00:00Z') }).execute()
  portal.defineProperties([{ name: 'added_since', type: 'string', fieldType: 'text' }])
  expect(await namesOf(Number.POSITIVE_INFINITY)).not.toContain('added_since')
  expect(await storedFields(db, crm.connection, 'contacts')).toHaveLength((await namesOf(Number.POSITIVE_INFINITY)).length)
})

test('a stored schema that cannot be read is asked for anew', async () => {
  await db.updateTable('crm_schemas').set({ fields: '[{"name":"old shape"}]' }).execute()
  expect(await namesOf(60_000)).toContain('email')
})
