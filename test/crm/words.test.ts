import { describe, expect, test } from 'vitest'
import { objectOf, recordIdOf } from '../../src/crm/words.ts'

describe('recordIdOf', () => {
  test.each([
    ['hubspot', '101', '101'],
    ['hubspot', ' 171591000001 ', '171591000001'],
    ['hubspot', '0', null],
    ['hubspot', 'Ada', null],
    ['hubspot', '1e3', null],
    // The last three of 18 hold, five bits each, which of the 15 before are capitals: reckoned by hand.
    ['other', ' doc/7 ', 'doc/7'],
    ['other', ' ', null],
    ['salesforce', '0018d00000HVxBQ', '0018d00000HVxBQAA1'],
    ['salesforce', '0018d00000HVxBQAA1', '0018d00000HVxBQAA1'],
    ['salesforce', '0018d00000hvxbqaa1', '0018d00000HVxBQAA1'],
    ['salesforce', '003000000000001', '003000000000001AAA'],
    ['salesforce', '0018d00000HVxBQAA', null],
    ['salesforce', '0018d00000HVxBQ-A1', null],
    ['salesforce', '0018d00000HVxBQAA9', null],
  ] as const)('%s %s is %s', (kind, text, id) => {
    expect(recordIdOf(kind, text)).toEqual(id === null ? { problem: expect.any(String) } : { id })
  })
})

describe('objectOf', () => {
  test.each([
    ['hubspot', ['contacts'], '0-1', '101', 'contacts'],
    ['hubspot', ['contacts'], 'CONTACT', '101', 'contacts'],
    ['hubspot', ['contacts'], null, '101', 'contacts'],
    ['hubspot', ['contacts'], 'deals', '101', null],
    ['other', ['people'], null, '7', 'people'],
    ['salesforce', ['Contact', 'Lead'], 'lead', '00Q000000000001AAA', 'Lead'],
    ['salesforce', ['Contact', 'Lead'], null, '00Q000000000001AAA', 'Lead'],
    ['salesforce', ['Contact', 'Lead'], null, '003000000000001AAA', 'Contact'],
    ['salesforce', ['Contact'], null, '00Q000000000001AAA', null],
    ['salesforce', ['Contact', 'Lead'], null, 'a01000000000001AAA', null],
  ] as const)('%s with %j, asked for %s %s: %s', (kind, objects, object, recordId, expected) => {
    expect(objectOf(kind, objects, { object, recordId })).toBe(expected)
  })
})
