import { describe, expect, test } from 'vitest'
import { isId, toLongId } from '../../../src/crm/salesforce/ids.ts'
import { contactId, ourId } from './scripted-org.ts'

describe('an id', () => {
  test.each([
    // From docs ("ID Field Type", SOAP API guide) and recordings (amp-labs, crm.md 14).
    ['001D000000IRFma', '001D000000IRFmaIAH'],
    ['003D000000QOMpS', '003D000000QOMpSIAX'],
    ['000000000000000', '000000000000000AAA'],
    ['ABCDEFGHIJKLMNO', 'ABCDEFGHIJKLMNO555'],
  ])('%s is %s in its long spelling', (short, long) => {
    expect(toLongId(short)).toBe(long)
    expect(toLongId(long), 'already long').toBe(long)
    expect([isId(short), isId(long)]).toEqual([true, true])
  })

  test('the scripted org spells its own well', () => {
    expect([contactId(1), contactId(450), ourId].every(isId)).toBe(true)
  })

  test.each([
    '',
    '1',
    '003D000000QOMp',
    '003D000000QOMpSI',
    '003D000000QOMpSIAXA',
    '003D000000QOM’S',
    "003D0000' OR Id",
    '003D000000QOMpS\n',
    ' 003D000000QOMpS',
    // One letter of another case: its checksum is another.
    '003d000000QOMpSIAX',
    '003D000000QOMpSiax',
    '51',
  ])('%j is none, and stays as it is', (text) => {
    expect(isId(text)).toBe(false)
    expect(toLongId(text)).toBe(text)
  })
})
