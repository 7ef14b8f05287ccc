import { expect, test } from 'vitest'
import { nearest, unknownName } from '../../src/filters/index.ts'

const known = ['from', 'field', 'to', 'mode', 'max_length']

test.each([
  ['form', 'from'],
  ['MODE', 'mode'],
  ['maxlength', 'max_length'],
  ['max_lenght', 'max_length'],
  ['feild', 'field'],
  ['zzzz', null],
  ['xy', null],
  ['', null],
])('%j was meant to be %j', (name, meant) => expect(nearest(name, known)).toBe(meant))

test('what is near nothing is answered with everything', () => {
  expect(unknownName('key', 'zzzz', known)).toBe('unknown key "zzzz"; known: from, field, to, mode, max_length')
})
