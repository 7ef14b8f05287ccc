import { describe, expect, test } from 'vitest'
import type { Wire } from '../../../src/crm/index.ts'
import { classify, type Known, needsHistory } from '../../../src/sync/timeline/classify.ts'
import { eventsOf, history, known, look, spelling, state, stateOf, written } from './looks.ts'

describe('history is asked for', () => {
  test.each<[string, Known, Wire, boolean]>([
    ['at first touch', known(), null, true],
    ['where the value is not the one we saw', known({ state: written }), 'other', true],
    ['where the field was emptied', known({ state: written }), null, true],
    [
      'after an intent without outcome, even if the value is the same',
      known({ state: written, openIntent: true }),
      'v',
      true,
    ],
    ['not where the value is the one we saw', known({ state: written }), 'v', false],
    ['not where what we wrote has not been read back yet', known({ state: { ...written, unread: true } }), 'v', false],
    ['not where it only is spelled otherwise', known({ state: written }), ' v ', false],
    ['not where the field is as empty as we saw it', known({ state: state() }), '', false],
  ])('%s', (_, what, current, expected) => expect(needsHistory(what, current, spelling)).toBe(expected))
})

describe('first touch', () => {
  test('every entry becomes an event at its time: base before the rule was switched on, edited since', () => {
    const entries = history([10, 'person', 'a'], [20, 'import', ''], [99, 'automation', 'b'], [100, 'person', 'c'])
    expect(eventsOf(look('c', entries), known())).toEqual([
      ['base', 10, 'person', 'a'],
      ['base', 20, 'import', null],
      ['base', 99, 'automation', 'b'],
      ['edited', 100, 'person', 'c'],
    ])
  })

  test('an emptied field keeps its history too', () => {
    const entries = history([10, 'person', 'a'], [20, 'person', null])
    expect(eventsOf(look(null, entries), known())).toEqual([
      ['base', 10, 'person', 'a'],
      ['base', 20, 'person', null],
    ])
  })

  test('without history a value stands at the last change of the record, the latest it can be, by somebody', () => {
    const { events } = classify(look('a', [], 150), known(), spelling)
    expect(events).toEqual([{ kind: 'base', at: 150, value: 'a', by: 'unknown', atLatest: true, source: 'record' }])
  })

  test('where the record does not tell its last change, the value stands at the time of reading', () => {
    expect(eventsOf(look('a', [], null), known())).toEqual([['base', 999, 'unknown', 'a']])
  })

  test.each([null, '', ' '])('an empty field without history (%j) has no event', (current) => {
    expect(eventsOf(look(current, []), known())).toEqual([])
  })

  test.each(['0', 'false', '😀'])('%s is a value that stood before us', (value) => {
    expect(eventsOf(look(value, []), known())).toEqual([['base', 150, 'unknown', value]])
  })

  test('remembers what it saw, and up to where it read', () => {
    expect(stateOf(look('a', history([10, 'person', 'a'])), known())).toEqual({ seen: 'a', ours: false, historyAt: 10 })
    expect(stateOf(look(null, []), known())).toEqual({ seen: null, ours: false, historyAt: null })
  })

  test("an entry by us is nobody's base", () => {
    const entries = history([10, 'person', 'a'], [120, 'us', 'v'])
    expect(eventsOf(look('v', entries), known())).toEqual([['base', 10, 'person', 'a']])
    expect(stateOf(look('v', entries), known()).ours).toBe(true)
  })
})
