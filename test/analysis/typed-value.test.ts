import { describe, expect, test } from 'vitest'
import { typedValue } from '../../src/analysis/corrections/typed-value.ts'

const plan = { type: 'enum', choices: ['Pro "plus" \\ 👋', 'Basic'] } as const
type Type = NonNullable<Parameters<typeof typedValue>[1]>['type']
const item = (type: Type) => ({ type, choices: [...plan.choices] })
const list = { type: 'list' as const, choices: [] }

describe('a value that a person gives', () => {
  test.each<[string, Parameters<typeof typedValue>[1], unknown, unknown]>([
    ['no value is one', item('number'), null, null],
    ['0 is a number', item('number'), 0, 0],
    ['a number as text is one', item('number'), ' -12.5e1 ', -125],
    ['false is an answer', item('boolean'), false, false],
    ['in words too', item('boolean'), ' False ', false],
    ['a choice is spelled as it is listed', item('enum'), 'Pro "plus" \\ 👋', 'Pro "plus" \\ 👋'],
    ['a text stays as it is', item('string'), ' 0\n"Zoë" ', ' 0\n"Zoë" '],
    ['a day gets its one spelling', item('date'), '5 March 2026', '2026-03-05'],
    ['a time too', item('datetime'), '2026-03-05 15:00', '2026-03-05T15:00:00.000Z'],
    ['a list has each entry once', list, [' tea', 'Go', 'tea'], ['tea', 'Go']],
    ['a text is a list of one', list, 'tea, Go', ['tea, Go']],
    ['a list of choices keeps their spelling', item('list'), ['Basic', 'Basic'], ['Basic']],
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
    ['a day that is none', item('date'), '2026-02-30', 'it takes a date'],
    ['a number for a day', item('date'), 20260305, 'it takes a date'],
    ['a day for a time', item('datetime'), '2026-03-05', 'it takes a date and time'],
    ['no entries', list, [], 'it takes a list of texts'],
    ['a blank entry', list, ['tea', ' '], 'it takes a list of texts'],
    ['an entry that is no choice', item('list'), ['Basic', 'basic'], 'it takes a list of Pro "plus" \\ 👋, Basic'],
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
