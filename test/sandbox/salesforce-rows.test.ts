import { expect, test } from 'vitest'
import { codesOf, openOrg } from './salesforce-org.ts'

test('rows fail for what their ids say, and innocent rows are written', async () => {
  const { contacts, update, sandbox } = await openOrg()
  const [good = '', twice = '', gone = ''] = contacts({}, {}, {})
  sandbox.remove({ object: 'Contact', id: gone })
  const { body } = await update([
    { id: twice, Note__c: 'a' },
    { id: good, Note__c: 'a' },
    { id: twice.slice(0, 15), Note__c: 'b' },
    { id: gone, Note__c: 'a' },
    { id: '003Sb00000ZZZZZ', Note__c: 'a' },
    { id: 'nonsense', Note__c: 'a' },
    { Note__c: 'a' },
    { id: sandbox.userId, Note__c: 'a' },
  ])
  expect(codesOf(body)).toEqual([
    'DUPLICATE_VALUE',
    '',
    'DUPLICATE_VALUE',
    'ENTITY_IS_DELETED',
    'INVALID_CROSS_REFERENCE_KEY',
    'MALFORMED_ID',
    'MISSING_ARGUMENT',
    'INVALID_CROSS_REFERENCE_KEY',
  ])
  expect(body[0]?.errors[0]?.message).toBe(`Duplicate id specified: ${twice}`)
})

test.each([
  ['no rows', [], 'REQUIRED_FIELD_MISSING'],
  ['201 rows', Array.from({ length: 201 }, () => ({ LastName: 'x' })), 'EXCEEDED_ID_LIMIT'],
  ['an unknown type', [{ attributes: { type: 'Contac' } }], 'INVALID_TYPE'],
  [
    'eleven chunks of types',
    Array.from({ length: 11 }, (_, n) => ({ attributes: { type: n % 2 ? 'Contact' : 'Lead' }, LastName: 'x' })),
    'LIMIT_EXCEEDED',
  ],
])('a collection of %s is refused as a whole', async (_what, records, errorCode) => {
  const { create } = await openOrg()
  expect(await create(records)).toMatchObject({ status: 400, body: [{ errorCode }] })
})

test('create takes rows of several types, with defaults, and refuses what is missing', async () => {
  const { create, query } = await openOrg()
  const { body } = await create([
    { LastName: 'Berg' },
    { FirstName: 'Nobody' },
    { attributes: { type: 'Lead' }, LastName: 'Romano', Company: 'Romano' },
    { Id: '003Sb0000000001', LastName: 'x' },
  ])
  expect(codesOf(body)).toEqual(['', 'REQUIRED_FIELD_MISSING', '', 'INVALID_FIELD_FOR_INSERT_UPDATE'])
  expect(body[1]).toEqual({
    success: false,
    errors: [
      {
        statusCode: 'REQUIRED_FIELD_MISSING',
        message: 'Required fields are missing: [LastName]',
        fields: ['LastName'],
      },
    ],
  })
  const lead = await query('SELECT Id, Status, IsConverted, Owner.Name FROM Lead')
  expect(lead.body.records).toMatchObject([
    { Id: body[2]?.id, Status: 'Open - Not Contacted', IsConverted: false, Owner: { Name: 'Afterword Integration' } },
  ])
})

test('upsert by an external id creates once and then changes, and knows duplicates', async () => {
  const { upsert, read, call } = await openOrg()
  const first = (await upsert('Ext__c', [{ Ext__c: 'K1', LastName: 'Lind' }, { LastName: 'No key' }])).body
  expect(first).toMatchObject([{ success: true, created: true }, { errors: [{ statusCode: 'MISSING_ARGUMENT' }] }])
  const id = first[0]?.id ?? ''
  expect((await upsert('Ext__c', [{ Ext__c: 'k1', Note__c: 'again' }])).body).toEqual([
    { id, success: true, errors: [], created: false },
  ])
  expect(await read(id, 'Note__c')).toBe('again')
  const twice = await upsert('Ext__c', [
    { Ext__c: 'K2', LastName: 'a' },
    { Ext__c: 'K2', LastName: 'b' },
  ])
  expect(codesOf(twice.body)).toEqual(['DUPLICATE_VALUE', 'DUPLICATE_VALUE'])
  expect(await upsert('Phone', [{ Phone: '1', LastName: 'a' }])).toMatchObject({
    status: 404,
    body: [{ errorCode: 'NOT_FOUND' }],
  })
  expect(await call('PATCH', 'sobjects/Contact/Ext__c/K3', { LastName: 'c' })).toMatchObject({ status: 201 })
  expect(await call('PATCH', 'sobjects/Contact/Ext__c/K3', { LastName: 'd' })).toMatchObject({ status: 200 })
})

test('of two upserts at once of one new key the later is told of a duplicate', async () => {
  const { upsert, sandbox } = await openOrg()
  sandbox.configure({ msPerRow: 150 })
  const answers = await Promise.all([1, 2].map(() => upsert('Ext__c', [{ Ext__c: 'K1', LastName: 'Lind' }])))
  expect(answers.map(({ body }) => codesOf(body)).toSorted()).toEqual([[''], ['DUPLICATE_VALUE']])
})

test('a deleted collection is gone', async () => {
  const { contacts, call, query } = await openOrg()
  const ids = contacts({}, {})
  const { body } = await call('DELETE', `composite/sobjects?ids=${ids.join()},${ids[0]?.slice(0, 14)}1`)
  expect(body).toMatchObject([{ id: ids[0], success: true }, { id: ids[1] }, { success: false }])
  expect((await query('SELECT Id FROM Contact')).body.totalSize).toBe(0)
})

test('single records are created, read, changed and deleted by their address', async () => {
  const { call } = await openOrg()
  const made = await call<{ id: string }>('POST', 'sobjects/Contact', { LastName: 'Patel' })
  expect(made).toMatchObject({ status: 201, body: { success: true, errors: [] } })
  const path = `sobjects/Contact/${made.body.id}`
  expect(await call('PATCH', path, { Note__c: 'x', MailingCity: 'Bern' })).toMatchObject({ status: 204, body: '' })
  expect((await call('GET', `${path}?fields=Note__c,MailingAddress`)).body).toMatchObject({
    Note__c: 'x',
    MailingAddress: { city: 'Bern', street: null },
  })
  expect(await call('PATCH', path, { MasterRecordId: made.body.id })).toMatchObject({
    status: 400,
    body: [{ errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE', fields: ['MasterRecordId'] }],
  })
  expect((await call('DELETE', path)).status).toBe(204)
  expect(await call('DELETE', path)).toMatchObject({ status: 404, body: [{ errorCode: 'ENTITY_IS_DELETED' }] })
  expect(await call('GET', path)).toMatchObject({ status: 404, body: [{ errorCode: 'NOT_FOUND' }] })
})

test('jsforce works with tasks on a contact, found again by their own external id', async () => {
  const { connection, contacts, sandbox } = await openOrg()
  sandbox.defineFields('Task', [{ name: 'Conversation__c', kind: 'text', externalId: true }])
  const [who = ''] = contacts({})
  const task = {
    WhoId: who,
    Subject: 'Call',
    Status: 'Completed',
    CallDurationInSeconds: 61,
    Conversation__c: 'call_1',
    TaskSubtype: 'Call',
  }
  const written = await connection().sobject('Task').upsert([task], 'Conversation__c', { allOrNone: false })
  expect(written).toMatchObject([{ success: true, created: true }])
  const soql = "SELECT Subject, IsClosed FROM Task WHERE Conversation__c = 'call_1'"
  expect((await connection().query(soql)).records).toMatchObject([{ Subject: 'Call', IsClosed: true }])
})
