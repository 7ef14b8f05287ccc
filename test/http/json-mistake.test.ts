import { expect, test } from 'vitest'
import { placeOfMistake } from '../../src/http/json-mistake.ts'

test.each([
  ['{"a": oops}', 1, 7],
  ['{\n  "a": 1,\n}', 3, 1],
  ['[1, 2', 1, 6],
  ['{"a" 1}', 1, 6],
  ['{"a": [1, {"b": "x\\q"}]}', 1, 17],
  ['{"a": 1} x', 1, 10],
  ['[1}', 1, 3],
  ['[01]', 1, 3],
  ['["\u0085"', 1, 5],
  ['["\t"]', 1, 2],
  ['"👋\n"', 1, 1],
  ['{"👋": "\\ud83d", "b": -1.5e+3, "c": [true, false, null, {}, []]} ]', 1, 66],
])('%j breaks at line %i, column %i', (text, line, column) => {
  expect(() => JSON.parse(text)).toThrow(SyntaxError)
  expect(placeOfMistake(text)).toEqual({ line, column })
})

test('a long text and deep nesting are read to the end', () => {
  expect(placeOfMistake(`["${'x'.repeat(4_000_000)}"`)).toEqual({ line: 1, column: 4_000_004 })
  expect(placeOfMistake('['.repeat(100_000))).toEqual({ line: 1, column: 100_001 })
})
