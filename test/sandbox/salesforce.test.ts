import { expect, test } from 'vitest'
import { codesOf, openOrg } from './salesforce-org.ts'

test('describe tells of a field what an adapter needs, and names the history', async () => {
  const { call } = await openOrg()
  type Described = { fields: { name: string }[]; childRelationships: unknown[] }
  const { body } = await call<Described>('GET', 'sobjects/Contact/describe')
  const fields = new Map(body.fields.map((field) => [field.name, field]))
  expect(fields.get('Phone')).toMatchObject({ type: 'phone', length: 40, updateable: true, nillable: true })
  expect(fields.get('LastName')).toMatchObject({ type: 'string', length: 80, nillable: false })
  expect(fields.get('Description')).toMatchObject({
    type: 'textarea',
    length: 32_000,
    filterable: false,
    sortable: false,
  })
  expect(fields.get('LeadSource')).toMatchObject({ type: 'picklist', restrictedPicklist: false })
  expect(fields.get('Name')).toMatchObject({ updateable: false, createable: false })
  expect(fields.get('Mood__c')).toMatchObject({
    restrictedPicklist: true,
    custom: true,
    picklistValues: [
      { active: true, value: 'good', label: 'good', defaultValue: false, validFor: null },
      { value: 'bad' },
    ],
  })
  expect(fields.get('Summary__c')).toMatchObject({
    type: 'textarea',
    length: 32_768,
    htmlFormatted: false,
    filterable: false,
  })
  expect(fields.get('Ext__c')).toMatchObject({ externalId: true, unique: true, idLookup: true })
  expect(fields.get('Budget__c')).toMatchObject({ type: 'double', precision: 8, scale: 2, digits: 0 })
  expect(body.childRelationships).toContainEqual(
    expect.objectContaining({ childSObject: 'ContactHistory', field: 'ContactId', relationshipName: 'Histories' }),
  )
})

test('retrieve answers in the order asked for, with null for what is not there', async () => {
  const { contacts, retrieve, sandbox } = await openOrg()
  const [one = '', two = '', gone = ''] = contacts({ FirstName: 'Maya' }, { FirstName: 'Tom' }, {})
  sandbox.remove({ object: 'Contact', id: gone })
  const { body } = await retrieve([two, gone, '003Sb00000ZZZZZ', one.slice(0, 15)], 'firstname', 'Name', 'Agreed__c')
  expect(body).toMatchObject([
    { Id: two, FirstName: 'Tom', Name: 'Tom Okafor', Agreed__c: false, attributes: { type: 'Contact' } },
    null,
    null,
    { Id: one, FirstName: 'Maya' },
  ])
})

test('retrieve takes 2,000 ids by POST, a few by GET, and no field that is none', async () => {
  const { contacts, retrieve, call } = await openOrg()
  const [id = ''] = contacts({ Title: 'Owner' })
  expect((await call('GET', `composite/sobjects/Contact?ids=${id}&fields=Title`)).body).toMatchObject([
    { Title: 'Owner' },
  ])
  const full = Array.from({ length: 2_000 }, () => id)
  expect((await retrieve(full, 'Title')).body).toHaveLength(2_000)
  expect(await retrieve([...full, id], 'Title')).toMatchObject({
    status: 400,
    body: [{ errorCode: 'EXCEEDED_ID_LIMIT' }],
  })
  expect(await retrieve([id], 'Nosuch')).toMatchObject({ status: 400, body: [{ errorCode: 'INVALID_FIELD' }] })
  expect(await retrieve(['nonsense'], 'Title')).toMatchObject({ status: 400, body: [{ errorCode: 'MALFORMED_ID' }] })
})

test('the list of objects names those that are there, and others have no describe', async () => {
  const { call } = await openOrg()
  const { body } = await call<{ sobjects: { name: string }[] }>('GET', 'sobjects')
  expect(body.sobjects.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['Contact', 'Lead', 'Task', 'ContactHistory']),
  )
  expect(await call('GET', 'sobjects/Whizbang/describe')).toMatchObject({
    status: 404,
    body: [{ errorCode: 'NOT_FOUND' }],
  })
})

test('update answers row by row in order, writes the good ones and says nothing of an id where one failed', async () => {
  const { contacts, update, read } = await openOrg()
  const [one = '', two = ''] = contacts({}, {})
  const { status, body } = await update([
    { id: two, Note__c: '  kept  ' },
    { Id: one, Email: 'badone' },
  ])
  expect(status).toBe(200)
  expect(body).toEqual([
    { id: two, success: true, errors: [] },
    {
      success: false,
      errors: [
        { statusCode: 'INVALID_EMAIL_ADDRESS', message: 'Email: invalid email address: badone', fields: ['Email'] },
      ],
    },
  ])
  expect(await read(two, 'Note__c')).toBe('kept')
})

test('with allOrNone the innocent are rolled back with the guilty', async () => {
  const { contacts, update, read } = await openOrg()
  const [one = '', two = ''] = contacts({}, {})
  const { body } = await update(
    [
      { id: one, Note__c: 'a' },
      { id: two, Nosuch: 'b' },
    ],
    { allOrNone: true },
  )
  expect(codesOf(body)).toEqual(['ALL_OR_NONE_OPERATION_ROLLED_BACK', 'INVALID_FIELD'])
  expect(await read(one, 'Note__c')).toBeNull()
})

test('the history tells who changed what, in whole seconds; creation is one line, long texts tell no values', async () => {
  const { contacts, update, query, advance, sandbox } = await openOrg()
  const [id = ''] = contacts({ Note__c: 'first' })
  advance(1_700)
  await update([{ id, Note__c: 'ours', Summary__c: 'long' }])
  sandbox.edit({ object: 'Contact', id, values: { Note__c: 'theirs' }, as: 'person' })
  const soql = `SELECT Id, Field, OldValue, NewValue, CreatedById, CreatedBy.UserType, CreatedDate FROM ContactHistory WHERE ContactId IN ('${id}') ORDER BY CreatedDate, Id`
  const { body } = await query(soql)
  const us = sandbox.userId
  expect(body.records).toMatchObject([
    { Field: 'created', OldValue: null, NewValue: null, CreatedDate: '2026-03-01T08:00:00.000+0000' },
    { Field: 'Note__c', OldValue: 'first', NewValue: 'ours', CreatedById: us, CreatedBy: { UserType: 'Standard' } },
    { Field: 'Summary__c', OldValue: null, NewValue: null, CreatedById: us },
    { Field: 'Note__c', OldValue: 'ours', NewValue: 'theirs', CreatedDate: '2026-11-21T09:00:01.000+0000' },
  ])
  expect(body.records[3]?.CreatedById).not.toBe(us)
  expect(sandbox.requests().historyReads).toEqual({ calls: 1, rows: 4 })
})

test('jsforce logs in, describes, queries, retrieves and updates', async () => {
  const { contacts, sandbox } = await openOrg()
  const [id = ''] = contacts({ Phone: '(206) 555-0142' })
  const { Connection } = await import('jsforce/lib/connection.js')
  const oauth2 = { loginUrl: sandbox.url, clientId: 'sandbox-salesforce', clientSecret: 'sandbox-salesforce-secret' }
  const connection = new Connection({ oauth2, version: '64.0' })
  const info = await connection.authorize({ grant_type: 'client_credentials' })
  expect(info).toMatchObject({ id: sandbox.userId, organizationId: sandbox.orgId })
  expect(connection.instanceUrl).toBe(sandbox.url)
  const found = await connection.query(`SELECT Id, Phone FROM Contact WHERE Phone LIKE '%0142'`)
  expect(found.records).toMatchObject([{ Id: id, Phone: '(206) 555-0142' }])
  const written = await connection.sobject('Contact').update([{ Id: id, Note__c: 'by jsforce' }], { allOrNone: false })
  expect(written).toEqual([{ id, success: true, errors: [] }])
  expect(await connection.sobject('Contact').retrieve([id])).toMatchObject([{ Note__c: 'by jsforce' }])
  expect((await connection.describe('Contact')).fields.length).toBeGreaterThan(40)
  expect(connection.limitInfo?.apiUsage).toMatchObject({ limit: 100_000 })
})
