import { describe, expect, test } from 'vitest'
import { isRight } from '../../../src/analysis/evaluate/is-right.ts'
import type { Expected } from '../../../src/analysis/evaluate/label.ts'
import type { Value } from '../../../src/mapping/index.ts'

type Case = [Exclude<Expected, null>, Exclude<Value, null>]

describe('is right', () => {
  test.each<Case>([
    // Labels of the real data as they were typed, and what a model may well answer.
    ['katarina miller', 'Katarina Miller'],
    ['Dr. Alexis', 'dr alexis'],
    ['party RSVP', 'Party RSVP'],
    ['2 pm', '2PM'],
    ['Craig and Center', ' craig  and center. '],
    ['follow-up question', 'follow up question'],
    ['46588885', '4658-8885'],
    ['46588885', 46588885],
    [500, '$500.00'],
    ['1,500', '1500'],
    [1500, '$1,500'],
    [0, 0],
    [false, false],
    ['15/09/1940', '15.9.1940'],
    ['15/09/1940', '1940-09-15'],
    ['06/08/1985', '6 August 1985'],
    ['06/08/1985', 'June 8th, 1985'],
    ['2026-05-01', '2026-05-01T14:00:00Z'],
    ['2026-05-01T14:00:00Z', '2026-05-01T16:00:00+02:00'],
    ['2026-05-01T14:00:00Z', '2026-05-01 14:00'],
    ['March 4, 2026 3 pm', '2026-03-04T15:00:00.000Z'],
    ['4.3.2026 15:00', '2026-03-04T15:00:00.000Z'],
    ['March 4, 2026', '2026-03-04T15:00:00.000Z'],
    ['Wednesday, March 4, 2026', '2026-03-04'],
    ['2026-05-01T23:00:00-05:00', '2026-05-01'],
    ['06/08/1985', '1985-06-08'],
    ['06/08/1985', '1985-08-06'],
    ['Müller', 'MÜLLER'],
    ['👋', '👋'],
    // Several accepted forms, of which any will do.
    [['2 pm', '14:00', 'two'], '2 PM'],
    [[3, 'three'], 3],
    [
      ['Tea', 'milk'],
      ['milk', 'tea'],
    ],
    ['milk', ['Milk']],
  ])('%j by %j', (expected, found) => expect(isRight(expected, found)).toBe(true))

  test.each<Case>([
    ['John', 'john smith'],
    ['2 pm', '12 pm'],
    ['1.5', '15'],
    [15, 1.5],
    [-5, 5],
    [12, '12-15'],
    [2, 'two or three'],
    [true, 'yes'],
    [false, true],
    [0, false],
    ['15/09/1940', '1940-09-16'],
    ['03/04/1940', '04/03/1940'],
    ['2026-05-01T14:00:00Z', '2026-05-01T15:00:00Z'],
    ['March 4, 2026 3 pm', '2026-03-04T16:00:00.000Z'],
    ['31/02/1940', '1940-02-31'],
    ['February 31, 1940', '1940-02-31'],
    ['👋', '👍'],
    [['a', 'b'], 'c'],
    [['tea', 'milk'], ['milk']],
    [['tea'], ['tea', 'milk']],
  ])('not %j by %j', (expected, found) => expect(isRight(expected, found)).toBe(false))
})
