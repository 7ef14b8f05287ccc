import { expect, test } from 'vitest'
import { toHistoryEntry } from '../../../src/crm/hubspot/authors.ts'

const timestamp = new Date('2026-11-20T09:00:00Z')
const authorOf = (sourceType: string, sourceId: string | null = null, ownAppId: string | null = '19083857') =>
  toHistoryEntry({ value: 'v', timestamp, sourceType, sourceId }, ownAppId).author

test('only our own app is us', () => {
  expect(authorOf('INTEGRATION', '19083857')).toBe('us')
  expect(authorOf('INTEGRATION', '20000001')).toBe('automation')
  expect(authorOf('CRM_UI', '19083857')).toBe('person')
})

test('without knowing our app nothing is us', () => {
  expect(authorOf('INTEGRATION', '19083857', null)).toBe('unknown')
  expect(authorOf('INTEGRATION', null, null)).toBe('unknown')
})

test.each([
  ['CRM_UI', 'person'],
  ['CRM_UI_BULK_ACTION', 'person'],
  ['MOBILE_IOS', 'person'],
  ['MOBILE_ANDROID', 'person'],
  ['CONTACTS_WEB', 'person'],
  ['PROPERTY_RESTORE', 'person'],
  ['IMPORT', 'import'],
  ['API', 'import'],
  ['AUTOMATION_PLATFORM', 'automation'],
  ['WORKFLOWS', 'automation'],
  ['FORM', 'automation'],
  ['SALESFORCE', 'automation'],
  ['CALCULATED', 'automation'],
  ['MERGE_OBJECTS', 'automation'],
  ['MERGE_CONTACTS', 'automation'],
  ['SOMETHING_OF_2027', 'unknown'],
  ['', 'unknown'],
])('%s is %s', (sourceType, author) => {
  expect(authorOf(sourceType)).toBe(author)
})

test('an entry keeps the CRM’s own word for who wrote it', () => {
  expect(toHistoryEntry({ value: null, timestamp, sourceType: 'CRM_UI', sourceId: 'userId:12345' }, null)).toEqual({
    value: null,
    at: timestamp,
    author: 'person',
    source: 'CRM_UI userId:12345',
  })
})
