import { expect, test } from 'vitest'
import { codesOf, openOrg } from './salesforce-org.ts'

async function openWithContact() {
  const org = await openOrg()
  const [id = ''] = org.contacts({})
  const stored = async (field: string, value: unknown) => {
    const { body } = await org.update([{ id, [field]: value }])
    expect(codesOf(body)).toEqual([''])
    return org.read(id, field)
  }
  return { ...org, id, stored }
}

test.each([
  ['Note__c', '  two  words ', 'two  words'],
  ['Note__c', '   ', null],
  ['Note__c', null, null],
  ['Summary__c', 'one\ntwo\r\nthree', 'one\r\ntwo\r\nthree'],
  ['Email', 'Maya@Example.COM', 'maya@example.com'],
  ['Phone', '(206) 555-0142', '(206) 555-0142'],
  ['Budget__c', 12.345, 12.35],
  ['Budget__c', '7', 7],
  ['Budget__c', -1.005, -1.01],
  ['Agreed__c', true, true],
  ['Called_At__c', '2026-11-20T10:00:00.987+01:00', '2026-11-20T09:00:00.000+0000'],
  ['Called_At__c', '2026-11-20', '2026-11-20T00:00:00.000+0000'],
  ['Due__c', '2026-12-24', '2026-12-24'],
  ['Mood__c', 'Good', 'good'],
  ['LeadSource', 'Carrier pigeon', 'Carrier pigeon'],
  ['Topics__c', 'air;heat;air', 'heat;air'],
])('%s given %j is stored as %j', async (field, given, expected) => {
  const { stored } = await openWithContact()
  expect(await stored(field, given)).toEqual(expected)
})

test.each([
  ['Nosuch__c', 'x', 'INVALID_FIELD', []],
  ['Name', 'x', 'INVALID_FIELD_FOR_INSERT_UPDATE', ['Name']],
  ['CreatedDate', '2026-11-20T09:00:00Z', 'INVALID_FIELD_FOR_INSERT_UPDATE', ['CreatedDate']],
  ['Note__c', 'x'.repeat(41), 'STRING_TOO_LONG', ['Note__c']],
  ['Phone', '1'.repeat(41), 'STRING_TOO_LONG', ['Phone']],
  ['Mood__c', 'ugly', 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', ['Mood__c']],
  ['Topics__c', 'heat;rain', 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', ['Topics__c']],
  ['Email', 'not an address', 'INVALID_EMAIL_ADDRESS', ['Email']],
  ['LastName', null, 'REQUIRED_FIELD_MISSING', ['LastName']],
  ['Budget__c', 1_000_000, 'NUMBER_OUTSIDE_VALID_RANGE', ['Budget__c']],
  ['Due__c', '0001-01-01', 'INVALID_TYPE_ON_FIELD_IN_RECORD', ['Due__c']],
  ['AccountId', '001Sb00000ZZZZZ', 'INVALID_CROSS_REFERENCE_KEY', ['AccountId']],
  ['AccountId', 'harbor', 'MALFORMED_ID', ['AccountId']],
])('a row with %s %j fails with %s', async (field, given, statusCode, fields) => {
  const { id, update } = await openWithContact()
  const { status, body } = await update([{ id, [field]: given }])
  expect(status).toBe(200)
  expect(body).toMatchObject([{ success: false, errors: [{ statusCode, fields }] }])
})

test.each([
  ['Budget__c', 'many'],
  ['Agreed__c', null],
  ['Agreed__c', 'yes'],
  ['Due__c', '24.12.2026'],
  ['Called_At__c', 'yesterday'],
  ['Note__c', 5],
  ['Note__c', { text: 'x' }],
])('%s given %j is of the wrong JSON type: the whole request is refused', async (field, given) => {
  const { id, update, contacts, read } = await openWithContact()
  const [other = ''] = contacts({})
  const answer = await update([
    { id: other, Title: 'Lead' },
    { id, [field]: given },
  ])
  expect(answer).toMatchObject({ status: 400, body: [{ errorCode: 'JSON_PARSER_ERROR' }] })
  expect(await read(other, 'Title')).toBeNull()
})

test('what an admin may also have done to a field: inactive values, other labels, read-only, a formula', async () => {
  const { id, update, call, sandbox } = await openWithContact()
  const values = ['on', { value: 'off', active: false }, { value: 'a1', label: 'Always' }]
  sandbox.defineFields('Contact', [
    { name: 'Plan__c', kind: 'picklist', values },
    { name: 'Locked__c', kind: 'text', readOnly: true },
    { name: 'Score__c', kind: 'formula' },
  ])
  const { body } = await call<{ fields: { name: string }[] }>('GET', 'sobjects/Contact/describe')
  expect(body.fields.filter(({ name }) => /^(Plan|Locked|Score)__c$/.test(name))).toMatchObject([
    {
      picklistValues: [
        { active: true, value: 'on' },
        { active: false, value: 'off' },
        { value: 'a1', label: 'Always' },
      ],
    },
    { updateable: false, createable: false, calculated: false },
    { updateable: false, calculated: true },
  ])
  const codes = async (row: Record<string, unknown>) => codesOf((await update([{ id, ...row }])).body)
  expect(await codes({ Plan__c: 'off' })).toEqual(['INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST'])
  expect(await codes({ Plan__c: 'a1' })).toEqual([''])
  expect(await codes({ Locked__c: 'x' })).toEqual(['INVALID_FIELD_FOR_INSERT_UPDATE'])
  expect(await codes({ Score__c: 'x' })).toEqual(['INVALID_FIELD_FOR_INSERT_UPDATE'])
})

test('a validation rule refuses a record whichever of its fields is written, a switched-off one does not', async () => {
  const { id, update, sandbox } = await openWithContact()
  await update([{ id, Title: 'none' }])
  const rule = { object: 'Contact', field: 'Title', pattern: '^none$', message: 'Give a real title', active: true }
  sandbox.configure({ validationRules: [rule] })
  expect((await update([{ id, Note__c: 'x' }])).body).toMatchObject([
    { errors: [{ statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'Give a real title', fields: ['Title'] }] },
  ])
  sandbox.configure({ validationRules: [{ ...rule, active: false }] })
  expect((await update([{ id, Note__c: 'x' }])).body).toMatchObject([{ success: true }])
})

test('a unique value belongs to one record, and a deleted one gives it up', async () => {
  const { id, update, contacts, sandbox } = await openWithContact()
  const [holder = ''] = contacts({ Ext__c: 'K1' })
  expect((await update([{ id, Ext__c: 'k1' }])).body).toMatchObject([
    { errors: [{ statusCode: 'DUPLICATE_VALUE', message: expect.stringContaining(holder) }] },
  ])
  sandbox.remove({ object: 'Contact', id: holder })
  expect((await update([{ id, Ext__c: 'k1' }])).body).toMatchObject([{ success: true }])
})
