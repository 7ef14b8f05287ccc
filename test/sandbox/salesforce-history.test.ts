import { expect, test } from 'vitest'
import { openOrg } from './salesforce-org.ts'

async function openWithContact() {
  const org = await openOrg()
  const [id = ''] = org.contacts({ Note__c: 'first' })
  const history = async (record = id) => {
    const fields = 'Field, OldValue, NewValue, DataType, CreatedDate, CreatedBy.UserType, CreatedBy.Name'
    const soql = `SELECT ${fields} FROM ContactHistory WHERE ContactId = '${record}' AND Field != 'created' ORDER BY CreatedDate, Id`
    return (await org.query(soql)).body.records
  }
  const audit = async () => {
    const { body } = await org.retrieve([id], 'LastModifiedDate', 'LastModifiedById', 'SystemModstamp', 'CreatedDate')
    return body[0] ?? undefined
  }
  const edit = (note: string, as: 'us' | 'person' | 'workflow' | 'app' | 'import', at?: string) =>
    org.sandbox.edit({ object: 'Contact', id, values: { Note__c: note }, as, ...(at !== undefined && { at }) })
  return { ...org, id, history, audit, edit }
}

test('whoever edits is a user of the kind that an org has for it', async () => {
  const { edit, history } = await openWithContact()
  for (const as of ['person', 'workflow', 'app', 'import', 'us'] as const) edit(`by ${as}`, as)
  expect((await history()).map(({ NewValue, CreatedBy }) => [NewValue, CreatedBy])).toMatchObject([
    ['by person', { UserType: 'Standard', Name: 'Robin Adler' }],
    ['by workflow', { UserType: 'AutomatedProcess' }],
    ['by app', { UserType: 'CloudIntegrationUser' }],
    ['by import', { UserType: 'Standard', Name: 'Data Loader' }],
    ['by us', { UserType: 'Standard', Name: 'Afterword Integration' }],
  ])
})

test('an equal value leaves no history and yet moves LastModified, in whole seconds', async () => {
  const { id, update, history, audit, advance, sandbox } = await openWithContact()
  advance(1_999)
  await update([{ id, Note__c: ' first ' }])
  expect(await history()).toEqual([])
  const moved = '2026-11-21T09:00:01.000+0000'
  expect(await audit()).toMatchObject({
    CreatedDate: '2026-03-01T08:00:00.000+0000',
    LastModifiedDate: moved,
    SystemModstamp: moved,
    LastModifiedById: sandbox.userId,
  })
})

test('an edit with a moment in the past takes its place there, and what came later stays', async () => {
  const { id, update, history, audit, edit, read, sandbox } = await openWithContact()
  await update([{ id, Note__c: 'ours' }])
  edit('between', 'person', '2026-05-01T08:00:00.500Z')
  expect(await history()).toMatchObject([
    { OldValue: 'first', NewValue: 'between', CreatedDate: '2026-05-01T08:00:00.000+0000' },
    { OldValue: 'between', NewValue: 'ours' },
  ])
  expect(await read(id, 'Note__c')).toBe('ours')
  expect(await audit()).toMatchObject({
    LastModifiedById: sandbox.userId,
    LastModifiedDate: '2026-11-21T09:00:00.000+0000',
  })
})

test('typed values stand in the history as they are, and multi-select picklists tell none', async () => {
  const { id, update, history } = await openWithContact()
  await update([{ id, Agreed__c: true, Budget__c: 5, Called_At__c: '2026-11-20T09:00:00Z', Topics__c: 'heat' }])
  expect(await history()).toMatchObject([
    { Field: 'Agreed__c', OldValue: false, NewValue: true, DataType: 'Boolean' },
    { Field: 'Budget__c', OldValue: null, NewValue: 5, DataType: 'Double' },
    { Field: 'Called_At__c', OldValue: null, NewValue: '2026-11-20T09:00:00.000+0000', DataType: 'DateTime' },
    { Field: 'Topics__c', OldValue: null, NewValue: null, DataType: 'MultiPicklist' },
  ])
})

test('a field that is not tracked leaves no history; with all tracking off not even the creation does', async () => {
  const { id, update, history, sandbox, query } = await openWithContact()
  sandbox.defineFields('Contact', [{ name: 'Quiet__c', kind: 'text', trackHistory: false }])
  sandbox.configure({ historyOff: ['Note__c'] })
  await update([{ id, Note__c: 'a', Quiet__c: 'b', Title: 'c' }])
  expect((await history()).map(({ Field }) => Field)).toEqual(['Title'])
  sandbox.configure({ historyOff: ['*'] })
  const [other = ''] = sandbox.createRecords('Contact', [{ values: { LastName: 'x' } }])
  expect((await query(`SELECT Id FROM ContactHistory WHERE ContactId = '${other}'`)).body.totalSize).toBe(0)
})

test('a flow before the save rewrites in the name of the saver, one after it as the Automated Process user', async () => {
  const { id, update, history, read, audit, sandbox } = await openWithContact()
  const flow = { object: 'Contact', field: 'Note__c', kind: 'uppercase' } as const
  sandbox.configure({ flows: [{ ...flow, when: 'before' }] })
  expect((await update([{ id, Note__c: 'ours' }])).body).toMatchObject([{ success: true }])
  expect(await read(id, 'Note__c')).toBe('OURS')
  expect(await history()).toMatchObject([{ NewValue: 'OURS', CreatedBy: { UserType: 'Standard' } }])
  expect(await audit()).toMatchObject({ LastModifiedById: sandbox.userId })
  sandbox.configure({ flows: [{ ...flow, when: 'after' }] })
  await update([{ id, Note__c: 'again' }])
  expect((await history()).slice(1)).toMatchObject([
    { NewValue: 'again', CreatedBy: { UserType: 'Standard' } },
    { OldValue: 'again', NewValue: 'AGAIN', CreatedBy: { UserType: 'AutomatedProcess' } },
  ])
  expect((await audit())?.LastModifiedById).not.toBe(sandbox.userId)
})

test('a merge keeps the winner, fills its gaps from the loser, and leaves the loser deleted with its master', async () => {
  const { id, contacts, sandbox, query, retrieve, update } = await openWithContact()
  const [loser = ''] = contacts({ Note__c: 'other', Phone: '+12065550142', Ext__c: 'K1' })
  sandbox.createRecords('Task', [{ values: { WhoId: loser, Subject: 'Call' } }])
  sandbox.merge({ object: 'Contact', winnerId: id, loserId: loser })
  expect((await retrieve([id, loser], 'Note__c', 'Phone', 'Ext__c')).body).toMatchObject([
    { Note__c: 'first', Phone: '+12065550142', Ext__c: 'K1' },
    null,
  ])
  const { body } = await query(`SELECT Id, IsDeleted, MasterRecordId FROM Contact WHERE Id = '${loser}'`, 'queryAll')
  expect(body.records).toMatchObject([{ Id: loser, IsDeleted: true, MasterRecordId: id }])
  expect((await update([{ id: loser, Note__c: 'x' }])).body).toMatchObject([
    { errors: [{ statusCode: 'ENTITY_IS_DELETED' }] },
  ])
  expect((await query('SELECT WhoId FROM Task')).body.records).toMatchObject([{ WhoId: id }])
})

test('a deleted record comes back by undelete', async () => {
  const { id, sandbox, retrieve } = await openWithContact()
  sandbox.remove({ object: 'Contact', id })
  expect((await retrieve([id], 'Id')).body).toEqual([null])
  sandbox.undelete({ object: 'Contact', id })
  expect((await retrieve([id], 'Note__c')).body).toMatchObject([{ Id: id, Note__c: 'first' }])
})

test('a converted lead names its new contact and can no longer be changed', async () => {
  const { sandbox, query, update, retrieve } = await openWithContact()
  const values = {
    FirstName: 'Lucia',
    LastName: 'Romano',
    Company: 'Romano',
    Phone: '+12065550143',
    Email: 'l@example.com',
  }
  const [id = ''] = sandbox.createRecords('Lead', [{ values }])
  const { contactId } = sandbox.convertLead({ id })
  expect(
    (await query(`SELECT IsConverted, ConvertedContactId, Status FROM Lead WHERE Id = '${id}'`)).body.records,
  ).toMatchObject([{ IsConverted: true, ConvertedContactId: contactId, Status: 'Closed - Converted' }])
  expect((await retrieve([contactId], 'Name', 'Phone', 'Email')).body).toMatchObject([
    { Name: 'Lucia Romano', Phone: '+12065550143', Email: 'l@example.com' },
  ])
  expect((await update([{ attributes: { type: 'Lead' }, id, Title: 'x' }])).body).toEqual([
    {
      success: false,
      errors: [{ statusCode: 'CANNOT_UPDATE_CONVERTED_LEAD', message: 'cannot reference converted lead', fields: [] }],
    },
  ])
  const lines = await query(`SELECT Field FROM LeadHistory WHERE LeadId = '${id}' ORDER BY Id`)
  expect(lines.body.records.map(({ Field }) => Field)).toContain('created')
})
