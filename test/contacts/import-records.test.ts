import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { findContact, insertForgotten } from '../../src/contacts/index.ts'
import type { Crm } from '../../src/crm/index.ts'
import { transact } from '../../src/db/index.ts'
import { createTestDatabase } from '../support/database.ts'
import { sharedData } from '../support/shared-data.ts'
import { openAccount } from './crm-account.ts'

const { db } = await createTestDatabase()

const always = { heldFrom: Number.NEGATIVE_INFINITY, heldTo: Number.POSITIVE_INFINITY }

test('the first import takes over numbers, e-mails and names, and what is held now was held always', async () => {
  const account = await openAccount(db, 'first')
  const [id = ''] = account.sandbox.createContacts([
    {
      properties: {
        firstname: 'Zoë',
        lastname: "O'Hara",
        jobtitle: '"CEO" \\ 👋',
        email: 'Zoe@Example.com',
        phone: '(212) 555-0110',
        mobilephone: '+44 7400 123456',
      },
    },
  ])
  expect(await account.importAll()).toEqual({ scanned: 1, created: 1, changed: 0, gone: 0, skipped: [] })
  const recordId = await account.recordId(id)
  expect(await account.holders('number', '+12125550110')).toEqual([{ recordId, property: 'phone', ...always }])
  expect(await account.holders('number', '+447400123456')).toEqual([{ recordId, property: 'mobilephone', ...always }])
  expect(await account.holders('email', 'zoe@example.com')).toEqual([{ recordId, property: 'email', ...always }])
  expect(account.announced.seen).toEqual([recordId])
  expect(await findContact(db, '212.555.0110', 'US')).toMatchObject({
    firstName: 'Zoë',
    lastName: "O'Hara",
    email: 'zoe@example.com',
    fields: { title: '"CEO" \\ 👋' },
    records: [{ recordId, externalId: id }],
  })
})

test('of somebody who was erased only what is left of a record is taken over; one of which nothing is left is told', async () => {
  const account = await openAccount(db, 'erased')
  await transact(db, (trx) =>
    insertForgotten(trx, [
      { kind: 'number', key: '+12125550119' },
      { kind: 'email', key: 'gone@example.com' },
    ]),
  )
  account.sandbox.createContacts([
    { properties: { phone: '+12125550119', email: 'office@example.com' } },
    { properties: { phone: '+12125550119', email: 'gone@example.com' } },
    { properties: { firstname: 'Nobody' } },
  ])
  expect((await account.importAll()).skipped).toEqual([
    { reason: 'the record has neither number nor e-mail', count: 1 },
    { reason: 'the person was erased', count: 1 },
  ])
  expect(await account.holders('email', 'office@example.com')).toHaveLength(1)
  expect(await account.holders('number', '+12125550119')).toEqual([])
})

test('a second import of the same account changes and announces nothing', async () => {
  const account = await openAccount(db, 'twice')
  account.sandbox.createContacts([
    { properties: { firstname: 'A', phone: '+12125550111' } },
    { properties: { firstname: 'B', email: 'b@example.com' } },
    { properties: { firstname: 'C' } },
  ])
  const first = await account.importAll()
  expect(first).toMatchObject({
    created: 3,
    skipped: [{ reason: 'the record has neither number nor e-mail', count: 1 }],
  })
  const contacts = await db.selectFrom('contacts').selectAll().orderBy('id').execute()
  account.announced.seen.length = 0
  expect(await account.importAll()).toMatchObject({ scanned: 3, created: 0, changed: 0 })
  expect(account.announced.seen).toEqual([])
  expect(await db.selectFrom('contacts').selectAll().orderBy('id').execute()).toEqual(contacts)
})

test('a number that moves to another record is held by one until the import, by the other since its change', async () => {
  const account = await openAccount(db, 'moves')
  const [from = '', to = ''] = account.sandbox.createContacts([
    { properties: { phone: '+12125550112' } },
    { properties: { email: 'to@example.com' } },
  ])
  await account.importAll()
  account.sandbox.edit({ id: from, properties: { phone: '' }, as: 'person' })
  account.sandbox.edit({ id: to, properties: { phone: '+1 (212) 555-0112' }, as: 'person' })
  const later = new Date(Date.now() + 60_000)
  expect(await account.importAll(later)).toMatchObject({ created: 0, changed: 2 })
  const [first, second] = await account.holders('number', '+12125550112')
  expect(first).toEqual({
    ...always,
    recordId: await account.recordId(from),
    property: 'phone',
    heldTo: later.getTime(),
  })
  expect(second).toMatchObject({ recordId: await account.recordId(to), heldTo: Number.POSITIVE_INFINITY })
  expect(second?.heldFrom).toBeGreaterThan(Date.now() - 60_000)
  expect(second?.heldFrom).toBeLessThanOrEqual(Date.now())
})

test('two records on one number are both its holders, and the first we knew names the contact', async () => {
  const account = await openAccount(db, 'shared')
  account.sandbox.createContacts([
    { properties: { firstname: 'Angela', phone: '+12125550113' } },
    { properties: { firstname: 'Ben', phone: '2125550113' } },
  ])
  await account.importAll()
  expect(await account.holders('number', '+12125550113')).toHaveLength(2)
  expect(await findContact(db, '+12125550113', 'US')).toMatchObject({ firstName: 'Angela', records: [{}, {}] })
  expect(await account.importAll()).toMatchObject({ changed: 0 })
})

test('a merge in the CRM is followed: the numbers of both lead to the record that lives on', async () => {
  const account = await openAccount(db, 'merged')
  const [one = '', other = ''] = account.sandbox.createContacts([
    { properties: { email: 'one@example.com', phone: '+12125550114' } },
    { properties: { email: 'other@example.com', phone: '+12125550115' } },
  ])
  await account.importAll()
  const [recordId, otherId] = [await account.recordId(one), await account.recordId(other)]
  const mergedId = await account.merge(one, other)
  await account.importAll()
  expect(await account.recordId(mergedId)).toBe(recordId)
  expect(account.announced.merged).toEqual([{ from: otherId, into: recordId }])
  expect(await account.holders('number', '+12125550114')).toMatchObject([{ recordId }])
  expect(await account.holders('number', '+12125550115')).toMatchObject([{ recordId }])
  const emails = await account.holders('email', 'other@example.com')
  expect(new Set(emails.map((holder) => holder.recordId))).toEqual(new Set([recordId]))
  expect(await account.importAll()).toMatchObject({ created: 0, changed: 0 })
})

test('an import that breaks off goes on with the page it had not stored', async () => {
  const account = await openAccount(db, 'broken')
  account.sandbox.createContacts(
    Array.from({ length: 250 }, (_, index) => ({ properties: { email: `c${index}@example.com` } })),
  )
  let pages = 0
  const scan: Crm['scan'] = (object, fields, after) => {
    pages += 1
    if (pages === 2) throw new Error('the line is dead')
    return account.crm.scan(object, fields, after)
  }
  const flaky: Crm = { ...account.crm, scan }
  await expect(account.importAll(new Date(), flaky)).rejects.toThrow('the line is dead')
  expect(await account.importAll(new Date(), flaky)).toMatchObject({ scanned: 250, created: 250 })
  expect(await account.holders('email', 'c249@example.com')).toMatchObject([always])
  expect(await account.importAll()).toMatchObject({ scanned: 250, created: 0, changed: 0 })
})

test('an import of a connection that was never remembered is refused', async () => {
  const account = await openAccount(db, 'known')
  await db.deleteFrom('connections').where('name', '=', 'known').execute()
  await expect(account.importAll()).rejects.toMatchObject({ code: 'connection.not_found' })
})

const people = sharedData('contacts.csv')
describe.skipIf(people.absent)('the 88 shared contacts', () => {
  test('all come in by their numbers, national format or not', async () => {
    const account = await openAccount(db, 'people')
    const [, ...lines] = (await readFile(people.path, 'utf8')).trim().split(/\r?\n/)
    account.sandbox.createContacts(
      lines.map((line) => {
        const [firstname = '', lastname = '', email = '', phone = ''] = line.split(',')
        return { properties: { firstname, lastname, email, phone } }
      }),
    )
    expect(await account.importAll()).toEqual({ scanned: 88, created: 88, changed: 0, gone: 0, skipped: [] })
    const keys = db.selectFrom('crm_record_keys').where('connection', '=', 'people').where('kind', '=', 'number')
    const numbers = await keys.select('key').distinct().execute()
    expect(numbers).toHaveLength(87)
  })
})
