import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { idsIn, listIn, nameIn, namesOnce, quoted } from '../../../src/crm/salesforce/soql.ts'
import { contactId } from './scripted-org.ts'

describe('names', () => {
  test.each(['Note__c', 'LastName', 'Account.Name', 'ns__Field__c', 'A'])('%s is one', (name) => {
    expect(nameIn(name)).toBe(name)
  })

  test.each([
    '',
    'Id FROM User --',
    'Id, Password__c',
    'Id)',
    '1a',
    '_a',
    'a.b.c',
    'Note__c ',
    'Note__c\n',
    '(SELECT Id FROM Contacts)',
    'COUNT()',
    "x'",
    'é',
    'x'.repeat(81),
  ])('%j is none', (text) => {
    expect(() => nameIn(text)).toThrow(expect.objectContaining({ kind: 'refused' }))
  })
})

describe('texts', () => {
  test.each([
    ['plain', "'plain'"],
    ["O'Hara", "'O\\'Hara'"],
    ['back\\slash', "'back\\\\slash'"],
    ["\\' OR Id != null", "'\\\\\\' OR Id != null'"],
    ['trailing\\', "'trailing\\\\'"],
  ])('%s', (text, expected) => {
    expect(quoted(text)).toBe(expected)
  })

  test('none ends its own quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("'", '\\', 'a', ' ', '%') }), (text) => {
        // As a reader of SOQL does: a backslash takes the next character with it.
        const inner = quoted(text).slice(1, -1)
        const unescaped = inner.replaceAll(/\\(.)/g, '')
        expect(unescaped).not.toMatch(/['\\]/)
        expect(inner.replaceAll(/\\(.)/g, '$1')).toBe(text)
      }),
    )
  })

  test('a list of them', () => {
    expect(listIn(['a', "b'"])).toBe("('a', 'b\\'')")
  })
})

test('of ids only ids are left', () => {
  expect(idsIn([contactId(1), "x') OR Id != ('", ''])).toBe(`('${contactId(1)}')`)
})

test('a field is named once, in whatever cases it was given', () => {
  expect(namesOnce(['Id', 'Email', 'id', 'EMAIL', 'Note__c'])).toEqual(['id', 'EMAIL', 'Note__c'])
})
