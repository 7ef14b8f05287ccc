import type { Kysely } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import * as migration from '../../migrations/0012_own_contacts.ts'
import { editContact, findContact } from '../../src/contacts/index.ts'
import { createLocal } from '../../src/contacts/local/adapter.ts'
import { createTestDatabase } from '../support/database.ts'

const { db } = await createTestDatabase()
const crm = createLocal({ db }, 'local')
const next = {
  keysSeen: async () => undefined,
  recordsGone: async () => undefined,
  recordsConverted: async () => undefined,
  recordsRead: async () => undefined,
  recordMerged: async () => undefined,
  recordsChanged: async () => undefined,
}
const deps = { db, next, now: () => new Date(), defaultCountry: 'US' }
const actor = { kind: 'key', name: 'ops' } as const

async function newContact() {
  const { id } = await db.insertInto('contacts').values({ number: null }).returning('id').executeTakeFirstOrThrow()
  return `contact_${id}`
}

async function fieldNamed(name: string) {
  const field = (await crm.describe('contacts')).find((each) => each.name === name)
  if (!field) throw new Error(`there is no field ${name}`)
  return field
}

test('a contact has its record from the moment it is made, and only while it is there', async () => {
  const ids = [await newContact(), await newContact()]
  const records = db.selectFrom('crm_records').select('external_id').where('external_id', 'in', ids)
  expect(await records.orderBy('id').execute()).toEqual(ids.map((external_id) => ({ external_id })))
  await db.deleteFrom('contacts').execute()
  expect(await records.execute()).toEqual([])
})

test('a row decided on an older state is not written, one of the same is, and the later wins at once', async () => {
  const id = await newContact()
  const read = async () => (await crm.read('contacts', [id], ['first_name'])).get(id)?.changedAt ?? null
  const changedAt = await read()
  await editContact(deps, { contact: id, changes: { note: 'x' }, actor, reason: 'test' })
  const row = { externalId: id, values: { first_name: 'Zoë' } }
  expect(await crm.write('contacts', [{ ...row, changedAt }])).toMatchObject([{ outcome: 'later', retryAfterMs: 0 }])
  expect(await findContact(db, id, 'US')).toMatchObject({ firstName: null })
  expect(await crm.write('contacts', [{ ...row, changedAt: await read() }])).toMatchObject([{ outcome: 'written' }])
})

test('side by side with edits by people, no edit is lost and no time told twice', async () => {
  const id = await newContact()
  const edits = Array.from({ length: 12 }, (_, index) =>
    editContact(deps, { contact: id, changes: { [`note_${index}`]: `typed ${index}` }, actor, reason: 'test' }),
  )
  const writes = Array.from({ length: 12 }, (_, index) =>
    crm.write('contacts', [{ externalId: id, values: { first_name: `Zoë ${index}` } }]),
  )
  await Promise.all([...edits, ...writes])
  const { fields } = await findContact(db, id, 'US')
  expect(Object.keys(fields)).toHaveLength(12)
  const changes = await db
    .selectFrom('contact_changes')
    .select(['at'])
    .where('contact_id', '=', Number(id.slice(8)))
    .execute()
  expect(changes).toHaveLength(24)
  expect(new Set(changes.map(({ at }) => at.getTime())).size).toBe(24)
})

test('do_not_call is set by a rule and never cleared by one', async () => {
  const id = await newContact()
  const field = await fieldNamed('do_not_call')
  const write = async (value: boolean | null) => {
    const encoded = crm.encode(field, value)
    if ('refused' in encoded) throw new Error(encoded.refused)
    return crm.write('contacts', [{ externalId: id, values: { do_not_call: encoded.wire, last_name: String(value) } }])
  }
  expect(crm.same(field, 'false', null), 'there is no third state').toBe(true)
  expect(await write(false)).toMatchObject([{ outcome: 'written', rejectedFields: [] }])
  expect(await write(true)).toMatchObject([{ outcome: 'written', values: { do_not_call: 'true' } }])
  for (const value of [false, null]) {
    expect(await write(value)).toMatchObject([
      {
        outcome: 'written',
        rejectedFields: [{ field: 'do_not_call', reason: expect.stringContaining('never cleared') }],
      },
    ])
    expect(await findContact(db, id, 'US')).toMatchObject({ doNotCall: true, lastName: String(value) })
  }
})

test('an e-mail is one, in lower case; what a person types into a field is held as its rule has it', async () => {
  const id = await newContact()
  const email = await fieldNamed('email')
  expect(crm.encode(email, 'nobody')).toEqual({ refused: 'not an e-mail address' })
  await editContact(deps, { contact: id, changes: { email: ' Zoe@Example.com ' }, actor, reason: 'test' })
  expect((await findContact(db, 'zoe@example.com', 'US')).email).toBe('zoe@example.com')
  const twice = () => editContact(deps, { contact: id, changes: { email: 'zoe@example.com' }, actor, reason: 'test' })
  await twice()
  expect((await crm.history('contacts', [id], ['email'])).get(id)?.email).toHaveLength(1)
})

test('a history cannot be rewritten', async () => {
  const id = await newContact()
  await editContact(deps, { contact: id, changes: { note: 'x' }, actor, reason: 'test' })
  await expect(db.updateTable('contact_changes').set({ actor: 'somebody else' }).execute()).rejects.toThrow(
    'append-only',
  )
})

test('contacts from before are records as well, and what they hold was there before everything', async () => {
  const { db } = await createTestDatabase(onTestFinished)
  const frozen = db as unknown as Kysely<unknown>
  await migration.down(frozen)
  await db
    .insertInto('contacts')
    .values({ number: '+12125550101', first_name: 'Zoë', fields: JSON.stringify({ title: 'CEO', empty: null }) })
    .execute()
  await migration.up(frozen)
  const { id, ownRecords } = await findContact(db, '+12125550101', 'US')
  expect(ownRecords).toMatchObject([{ connection: 'local', externalId: `contact_${id}` }])
  const names = ['first_name', 'title', 'empty', 'do_not_call', 'email']
  const histories = await createLocal({ db }, 'local').history('contacts', [`contact_${id}`], names)
  const told = { author: 'import', source: 'before its history', atLatest: true, at: expect.any(Date) }
  expect(histories.get(`contact_${id}`)).toEqual({
    first_name: [{ value: 'Zoë', ...told }],
    title: [{ value: 'CEO', ...told }],
  })
})
