import { expect, test } from 'vitest'
import { encode, toField } from '../../../src/crm/salesforce/mapper.ts'

function fieldOf(type: string, length: number) {
  const plain = {
    label: 'Field',
    scale: 0,
    updateable: true,
    createable: true,
    calculated: false,
    autoNumber: false,
    nillable: true,
    defaultedOnCreate: false,
  }
  return toField({ name: 'X__c', type, length, unique: false, externalId: false, picklistValues: [], ...plain }, null)
}

test.each([
  ['email', 80, `${'a'.repeat(70)}@example.com`],
  ['phone', 40, '+1 212 555 0100 '.repeat(3)],
  ['url', 255, `https://example.com/${'x'.repeat(250)}`],
])('a %s that is too long is refused, for it is of use only whole', (type, length, text) => {
  const field = fieldOf(type, length)
  expect(encode(field, text, 'UTC')).toEqual({ refused: expect.not.stringContaining(text.slice(0, 12)) })
  expect(encode(field, text.slice(0, length), 'UTC')).toEqual({ wire: text.slice(0, length).trim() })
})

test('other text is cut', () => {
  expect(encode(fieldOf('string', 10), 'x'.repeat(20), 'UTC')).toEqual({ wire: `${'x'.repeat(9)}…` })
})
