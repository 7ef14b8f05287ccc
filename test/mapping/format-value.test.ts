import { expect, test } from 'vitest'
import { formatValue, type Value } from '../../src/mapping/index.ts'

test.each<[Value, string]>([
  [null, '(empty)'],
  ['', '(empty)'],
  [[], '(empty)'],
  [0, '0'],
  [false, 'false'],
  [['a', 'b'], 'a, b'],
  ['two\r\n  lines, "quoted" 🎉', 'two lines, "quoted" 🎉'],
])('%j reads %j', (value, text) => expect(formatValue(value)).toBe(text))
