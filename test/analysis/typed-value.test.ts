import { describe, expect, test } from 'vitest'
import { typedValue } from '../../src/analysis/corrections/typed-value.ts'

const plan = { type: 'enum', choices: ['Pro "plus" \\ 👋', 'Basic'] } as const
const item = (type: 'string' | 'number' | 'boolean' | 'enum') => ({ type, choices: [...plan.choices] })

describe('a value that a person gives', () => {
  test.each<[string, Parameters<typeof typedValue>[1], unknown, unknown]>([
    ['no value is one', item('number'), null, null],
    ['0 is a number', item('number'), 0, 0],
    ['a number as text is one', item('number'), ' -12.5e1 ', -125],
    ['false is an answer', item('boolean'), false, false],
    ['in words too', item('boolean'), ' False ', false],
    ['a choice is spelled as it is listed', item('enum'), 'Pro "plus" \\ 👋', 'Pro "plus" \\ 👋'],
    ['a text stays as it is', item('string'), ' 0\n"Zoë" ', ' 0\n"Zoë" '],
    ['of an item that nothing describes any value will do', undefined, 'x', 'x'],
    ['0 as well', undefined, 0, 0],
    ['and a list of texts', undefined, ['a', 'b'], ['a', 'b']],
  ])('%s', (_, of, given, value) => expect(typedValue('it', of, given)).toEqual(value))

  test.each<[string, Parameters<typeof typedValue>[1], unknown, string]>([
    ['a text for a number', item('number'), 'much', 'it takes a number'],
    ['nothing for a number', item('number'), ' ', 'it takes a number'],
    ['Infinity', item('number'), 'Infinity', 'it takes a number'],
    ['a word that is neither yes nor no', item('boolean'), 'maybe', 'it takes true or false'],
    ['a choice in another case', item('enum'), 'basic', 'it takes one of: Pro "plus" \\ 👋, Basic'],
    ['blank text', item('string'), ' \n', 'not blank'],
    ['a number for a text', item('string'), 7, 'it takes a text'],
    ['an object', undefined, { a: 1 }, 'a list of texts'],
    ['an empty list', undefined, [], 'a list of texts'],
    ['a list of more than texts', undefined, ['a', 1], 'a list of texts'],
    ['nothing at all', undefined, undefined, 'a list of texts'],
  ])('%s is refused', (_, of, given, message) => {
    expect(() => typedValue('it', of, given)).toThrow(message)
  })

  test('is not repeated where it does not fit: it may be personal', () => {
    expect(() => typedValue('it', item('enum'), 'Ada Lovelace')).not.toThrow('Ada')
  })
})
