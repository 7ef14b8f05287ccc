import { expect, test } from 'vitest'
import { isReformat } from '../../src/crm/index.ts'

test.each([
  ['Pro plan', 'PRO  PLAN.'],
  ['(212) 555-0101', '2125550101'],
  ['1234.56', '1235'],
  ['1234.56', '1234.6'],
  ['-2.5', '-3'],
  ['007', '7.0'],
  [null, ''],
])('%j written as %j is the same value', (from, to) => expect(isReformat(from, to)).toBe(true))

test.each([
  ['Pro', 'Basic'],
  ['5', '-5'],
  ['1234.56', '1234'],
  ['1235', '1234.56'],
  ['0.4', null],
  ['Pro', null],
])('%j is not what %j is', (from, to) => expect(isReformat(from, to)).toBe(false))
