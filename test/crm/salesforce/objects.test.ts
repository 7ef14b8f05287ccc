import { afterAll, describe, expect, test } from 'vitest'
import { salesforceOn, startOrg } from '../../contract/salesforce-account.ts'

const org = await startOrg()
afterAll(() => org.close())
org.defineFields('Lead', [{ name: 'Note__c', kind: 'text', length: 255 }])
const crm = salesforceOn(org, { deadlineMs: 5_000 })

describe.each(['Contact', 'Lead'])('a %s', (object) => {
  const [account = ''] = org.createRecords('Account', [{ values: { Name: 'Acme' } }])
  const own = object === 'Lead' ? { Company: 'Acme' } : { AccountId: account }
  const [id = ''] = org.createRecords(object, [
    { values: { LastName: 'Test', Email: 'Jo@Example.com', ...own }, at: '2026-11-02T09:00:00Z' },
  ])

  test('is described, read, written, told the history of and scanned', async () => {
    const fields = new Map((await crm.describe(object)).map((field) => [field.name, field]))
    expect(fields.get('Note__c')).toMatchObject({ kind: 'text', writable: true, maxLength: 255, hasHistory: true })
    expect(fields.get('Email')).toMatchObject({ kind: 'text', maxLength: 80 })
    expect(fields.get('Name')?.writable).toBe(false)
    expect(fields.get('LastName')?.required).toBe(true)

    const before = (await crm.read(object, [id], ['Email', 'Note__c'])).get(id)
    expect(before).toEqual({
      askedId: id,
      externalId: id,
      values: { Email: 'jo@example.com', Note__c: null },
      changedAt: new Date('2026-11-02T09:00:00Z'),
      changedByUs: false,
      parentId: object === 'Lead' ? null : account,
    })

    expect(await crm.write(object, [{ externalId: id, values: { Note__c: 'ours' } }])).toMatchObject([
      { externalId: id, outcome: 'written', values: { Note__c: 'ours' } },
    ])
    expect((await crm.read(object, [id], [])).get(id)).toMatchObject({ changedByUs: true })
    org.edit({ object, id, values: { Note__c: 'typed' }, as: 'person' })
    expect((await crm.read(object, [id], ['Note__c'])).get(id)).toMatchObject({ changedByUs: false })

    const history = (await crm.history(object, [id], ['Note__c'])).get(id)?.Note__c
    expect(history).toMatchObject([
      { value: 'typed', author: 'person' },
      { value: 'ours', author: 'us' },
    ])
    const { records } = await crm.scan(object, ['Note__c'], null)
    expect(records).toMatchObject([{ externalId: id, values: { Note__c: 'typed' } }])
  })
  test('answers fields under the names they were asked for, in whatever case', async () => {
    const names = ['lastname', 'EMAIL', 'Email']
    const values = { lastname: 'Test', EMAIL: 'jo@example.com', Email: 'jo@example.com' }
    expect((await crm.read(object, [id], names)).get(id)?.values).toEqual(values)
    expect((await crm.scan(object, ['lastname', 'EMAIL'], null)).records[0]?.values).toMatchObject({ lastname: 'Test' })
  })
})
