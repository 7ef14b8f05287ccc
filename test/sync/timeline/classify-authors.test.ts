import { describe, expect, test } from 'vitest'
import type { Known, Look } from '../../../src/sync/timeline/classify.ts'
import { eventsOf, history, known, look, stateOf, written } from './looks.ts'

describe('ours is', () => {
  test.each<[string, Look, Known]>([
    ['an entry by us', look('w', history([300, 'us', 'w'])), known({ state: written })],
    [
      'an entry by us that the CRM spells its own way',
      look('W!', history([300, 'us', 'W!'])),
      known({ state: written }),
    ],
    [
      'a value we intended where history names nobody',
      look('w', history([300, 'unknown', 'w'])),
      known({ state: written, intended: ['w', 'v'] }),
    ],
    ['a value we intended where there is no history', look('w', []), known({ state: written, intended: ['w', 'v'] })],
    [
      'an automation that upper-cases right after us',
      look('V', history([300, 'automation', 'V'])),
      known({ state: written }),
    ],
    ['an automation that spaces and dots', look('v .', history([300, 'automation', 'v .'])), known({ state: written })],
    [
      'a second reformat after the first',
      look('V.', history([300, 'automation', 'V'], [301, 'automation', 'V.'])),
      known({ state: written }),
    ],
    [
      'our write and its reformat, read together',
      look('W', history([300, 'us', 'w'], [301, 'automation', 'W'])),
      known({ state: written }),
    ],
  ])('%s', (_, seen, what) => {
    expect(eventsOf(seen, what)).toEqual([])
    expect(stateOf(seen, what).ours).toBe(true)
  })
})

describe('theirs is', () => {
  test.each<[string, Look, Known, unknown]>([
    [
      'an edit by a person',
      look('x', history([300, 'person', 'x'])),
      known({ state: written }),
      ['edited', 300, 'person', 'x'],
    ],
    [
      'a cleared field',
      look(null, history([300, 'person', null])),
      known({ state: written }),
      ['edited', 300, 'person', null],
    ],
    [
      'our own value, where history names a person',
      look('w', history([300, 'person', 'w'])),
      known({ state: written, intended: ['w'] }),
      ['edited', 300, 'person', 'w'],
    ],
    [
      'our own value, where history names an import',
      look('w', history([300, 'import', 'w'])),
      known({ state: written, intended: ['w'] }),
      ['edited', 300, 'import', 'w'],
    ],
    [
      'an automation that changes a word',
      look('v2', history([300, 'automation', 'v2'])),
      known({ state: written }),
      ['edited', 300, 'automation', 'v2'],
    ],
    [
      'an automation that empties the field',
      look('', history([300, 'automation', ''])),
      known({ state: written }),
      ['edited', 300, 'automation', null],
    ],
    [
      'a reformat of what was not ours',
      look('X', history([300, 'automation', 'X'])),
      known({ state: { ...written, seen: 'x', ours: false } }),
      ['edited', 300, 'automation', 'X'],
    ],
    [
      'an unknown author with a value we never meant',
      look('x', history([300, 'unknown', 'x'])),
      known({ state: written, intended: ['v'] }),
      ['edited', 300, 'unknown', 'x'],
    ],
    [
      'a change without history, at the latest',
      look('x', []),
      known({ state: written, intended: ['v'] }),
      ['edited', 150, 'unknown', 'x'],
    ],
    [
      'a field found empty without history',
      look(null, []),
      known({ state: written, intended: ['v'] }),
      ['edited', 150, 'unknown', null],
    ],
  ])('%s', (_, seen, what, expected) => {
    expect(eventsOf(seen, what)).toEqual([expected])
    expect(stateOf(seen, what)).toMatchObject({ ours: false, sent: 'v', landed: 'v' })
  })

  test("a reformat that follows a person's edit is no longer ours", () => {
    const entries = history([300, 'person', 'x'], [301, 'automation', 'X'])
    expect(eventsOf(look('X', entries), known({ state: written }))).toEqual([
      ['edited', 300, 'person', 'x'],
      ['edited', 301, 'automation', 'X'],
    ])
  })

  test('an edit lost between our read and our write, though our value stands', () => {
    const entries = history([290, 'person', 'x'], [300, 'us', 'v'])
    const unread = { ...written, historyAt: 200, unread: true }
    expect(eventsOf(look('v', entries), known({ state: unread }))).toEqual([['edited', 290, 'person', 'x']])
    expect(stateOf(look('v', entries), known({ state: unread }))).toEqual({ ...written, historyAt: 300 })
  })

  test('of two values at one time only the last ever stood', () => {
    const entries = history([300, 'person', 'first'], [300, 'person', 'last'])
    expect(eventsOf(look('last', entries), known({ state: written }))).toEqual([['edited', 300, 'person', 'last']])
  })
})
