import { expect, test } from 'vitest'
import {
  ensureContacts,
  findContact,
  findHolders,
  followMerge,
  markGone,
  recordsByExternalId,
} from '../../src/contacts/index.ts'
import { transact } from '../../src/db/index.ts'
import { createTestDatabase } from '../support/database.ts'

const { db } = await createTestDatabase()
const main = { connection: 'main', object: 'contacts' }
await db.insertInto('connections').values({ name: 'main', kind: 'hubspot' }).execute()

/** Records of ours by the CRM's ids, each holding the number of the same place. */
async function records(...externalIds: string[]): Promise<number[]> {
  const rows = externalIds.map((external_id) => ({ ...main, external_id }))
  const added = await db.insertInto('crm_records').values(rows).returning(['id', 'external_id']).execute()
  const keys = added.map(({ id, external_id }) => {
    return { ...main, record_id: id, kind: 'number' as const, key: `+1${external_id}`, property: 'phone' }
  })
  await db.insertInto('crm_record_keys').values(keys).execute()
  return added.map((row) => row.id)
}

function follow(askedId: string, newExternalId: string): Promise<number> {
  return transact(db, (trx) => followMerge(trx, { ...main, askedId, newExternalId }))
}

function idsOf(...externalIds: string[]): Promise<Map<string, number>> {
  return recordsByExternalId(db, { ...main, externalIds })
}

test('a merge into a record we know makes one of two, and asking again changes nothing', async () => {
  const [lost, kept] = await records('m1', 'm2')
  expect(await follow('m1', 'm2')).toBe(kept)
  expect(await follow('m1', 'm2')).toBe(kept)
  expect(await idsOf('m1', 'm2')).toEqual(
    new Map([
      ['m1', kept],
      ['m2', kept],
    ]),
  )
  const held = await findHolders(db, { ...main, kind: 'number', keys: ['+1m1', '+1unknown'] })
  expect(held.get('+1m1')).toMatchObject([{ recordId: kept }])
  expect(held.has('+1unknown')).toBe(false)
  expect(lost).not.toBe(kept)
})

test('a merge into a record we do not know renames ours, also when asked twice', async () => {
  const [id] = await records('r1')
  expect(await follow('r1', 'r2')).toBe(id)
  expect(await follow('r1', 'r2')).toBe(id)
  expect(await idsOf('r1', 'r2')).toEqual(new Map([['r2', id]]))
})

test('a chain of merges leads to its end in one step', async () => {
  const [a, b, c] = await records('c1', 'c2', 'c3')
  await follow('c1', 'c2')
  expect(await follow('c2', 'c3')).toBe(c)
  expect(await idsOf('c1', 'c2', 'c3')).toEqual(
    new Map([
      ['c1', c],
      ['c2', c],
      ['c3', c],
    ]),
  )
  expect(await follow('c1', 'c4')).toBe(c)
  expect(await idsOf('c4')).toEqual(new Map([['c4', c]]))
  expect(new Set([a, b, c]).size).toBe(3)
})

test('a merge of a record that was never ours is refused', async () => {
  await expect(follow('nobody', 'nobody-else')).rejects.toMatchObject({ code: 'record.not_found' })
})

test('a record that is gone holds nothing any more', async () => {
  const [id = 0] = await records('g1')
  await transact(db, (trx) => markGone(trx, [id]))
  await transact(db, (trx) => markGone(trx, [id]))
  expect(await idsOf('g1')).toEqual(new Map())
  expect(await findHolders(db, { ...main, kind: 'number', keys: ['+1g1'] })).toEqual(new Map())
})

test('a number has one contact, however many ask for it at once', async () => {
  const numbers = ['+12125550121', '+12125550120', '+12125550121']
  const asked = await Promise.all([1, 2, 3].map(() => transact(db, (trx) => ensureContacts(trx, numbers))))
  expect(asked[1]).toEqual(asked[0])
  expect(asked[2]).toEqual(asked[0])
  expect(asked[0]?.size).toBe(2)
})

test('a contact is found by id, by number in any format, and by e-mail', async () => {
  const ids = await transact(db, (trx) => ensureContacts(trx, ['+12125550122']))
  const id = ids.get('+12125550122') ?? 0
  await db.updateTable('contacts').set({ email: 'sue@example.com' }).where('id', '=', id).execute()
  for (const wanted of [`contact_${id}`, '(212) 555-0122', '+12125550122', ' SUE@example.com ']) {
    expect((await findContact(db, wanted, 'US')).id).toBe(id)
  }
  for (const nobody of ['contact_999999', '+12125550199', 'nobody@example.com', 'contact_', '']) {
    await expect(findContact(db, nobody, 'US')).rejects.toMatchObject({ code: 'contact.not_found', status: 404 })
  }
})

test('an e-mail of several contacts is answered with their ids, never with a guess', async () => {
  const rows = [{ email: 'two@example.com' }, { email: 'two@example.com' }]
  const added = await db.insertInto('contacts').values(rows).returning('id').execute()
  await expect(findContact(db, 'two@example.com', 'US')).rejects.toMatchObject({
    code: 'contact.ambiguous',
    facts: { contactIds: added.map((row) => `contact_${row.id}`) },
  })
})
