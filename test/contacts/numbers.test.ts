import { expect, test } from 'vitest'
import { toE164 } from '../../src/contacts/index.ts'

test.each([
  ['+12125550156', '+12125550156'],
  ['(212) 555-0156', '+12125550156'],
  ['1-212-555-0156', '+12125550156'],
  [' +1 212 555 0156 ext. 42 ', '+12125550156'],
  ['0049 30 901820', '+4930901820'],
  ['+44 20 7946 0018', '+442079460018'],
])('%j is the number %s', (raw, number) => {
  expect(toE164(raw, 'US')).toBe(number)
})

test.each(['', ' ', 'anonymous', '911', '12', 'call me maybe', '+', '00', '\0', '👋', '+999 123 456 789'])(
  '%j is no number',
  (raw) => {
    expect(toE164(raw, 'US')).toBeNull()
  },
)

test('a national number is read as of the country given; of none, only international ones count', () => {
  expect(toE164('030 901820', 'DE')).toBe('+4930901820')
  expect(toE164('030 901820', '')).toBeNull()
  expect(toE164('+4930901820', '')).toBe('+4930901820')
})
