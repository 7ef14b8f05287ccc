import { expect, test } from 'vitest'
import { rememberConnection } from '../../src/crm/index.ts'
import { createTestDatabase } from '../support/database.ts'

const { db } = await createTestDatabase()
const main = { name: 'main', kind: 'hubspot', account: '44237313' }

test('a connection is remembered with its account, and again with the same', async () => {
  const stored = { ...main, ownAppId: '19083857' }
  expect(await rememberConnection({ db }, { ...main, ownAppId: '19083857' })).toEqual(stored)
  expect(await rememberConnection({ db }, main), 'what is not told any more stays known').toEqual(stored)
  expect(await db.selectFrom('connections').select(['name', 'account']).where('kind', '<>', 'local').execute()).toEqual(
    [{ name: 'main', account: '44237313' }],
  )
})

test('another account or another CRM under the same name stops, and changes nothing', async () => {
  await rememberConnection({ db }, main)
  for (const other of [
    { ...main, account: '1' },
    { ...main, kind: 'salesforce' },
  ]) {
    await expect(rememberConnection({ db }, other)).rejects.toMatchObject({
      code: 'crm.other_account',
      recovery: 'stop',
    })
  }
  expect(await db.selectFrom('connections').select(['kind', 'account']).where('kind', '<>', 'local').execute()).toEqual(
    [{ kind: 'hubspot', account: '44237313' }],
  )
})

test('a connection known by name only takes the account it first shows', async () => {
  await db
    .insertInto('connections')
    .values({ name: 'early', kind: 'hubspot', account: null, own_app_id: null })
    .execute()
  expect(await rememberConnection({ db }, { ...main, name: 'early' })).toMatchObject({ account: '44237313' })
})
