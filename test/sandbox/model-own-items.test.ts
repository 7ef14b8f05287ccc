import { describe, expect, test } from 'vitest'
import { openModel, TEXT } from './model-api.ts'

describe('a day, a time and a list', () => {
  const date = 'due: The day the offer is due\nForm: YYYY-MM-DD'
  const visit = 'visit: When the visit is\nForm: YYYY-MM-DDTHH:MM'
  const listOf = (items: object) => ({ anyOf: [{ type: 'array', items }, { type: 'null' }] })
  test.each<[string, string, object, string, unknown]>([
    ['an ISO day', date, TEXT, 'It is due on 2026-03-05.', '2026-03-05'],
    ['a day that is none, as it was said', date, TEXT, 'It is due on 2026-02-30.', '2026-02-30'],
    ['a day in words', date, TEXT, 'The offer is due March 5th, 2026, please.', '2026-03-05'],
    ['a relative day is left alone', date, TEXT, 'It is due tomorrow.', null],
    ['a day and time', visit, TEXT, 'The visit is on March 5, 2026 at 3 pm.', '2026-03-05T15:00:00Z'],
    ['with its zone', visit, TEXT, 'Visit me 2026-03-05T15:00+02:00 then.', '2026-03-05T13:00:00Z'],
    ['a day is no time', visit, TEXT, 'The visit is on 2026-03-05.', null],
    [
      'what is counted up',
      'hobbies: The hobbies of the user',
      listOf({ type: 'string' }),
      'Well, my hobbies are chess, running and "green tea".',
      ['chess', 'running', 'green tea'],
    ],
    [
      'choices that are named',
      'rooms: The rooms to be done',
      listOf({ type: 'string', enum: ['kitchen', 'bath', 'hall'] }),
      'The hall and the kitchen need paint.',
      ['kitchen', 'hall'],
    ],
    ['nothing', 'hobbies: The hobbies', listOf({ type: 'string' }), 'Good bye.', null],
  ])('%s', async (_, description, value, text, expected) => {
    const { ask } = await openModel()
    expect((await ask(description, value, [['user', text]])).value).toEqual(expected)
  })
})
