import { describe, expect, test } from 'vitest'
import type { HistoryEntry, Wire } from '../../../src/crm/index.ts'
import { classify, type Known, type Look, needsHistory, type Spelling } from '../../../src/sync/timeline/classify.ts'
import type { CellState } from '../../../src/sync/timeline/types.ts'

/** A CRM that trims and knows no other spelling. */
const spelling: Spelling = {
  same: (a, b) => (a?.trim() || null) === (b?.trim() || null),
  decode: (wire) => wire?.trim() || null,
}

const switchedOnAt = 100

/** History as a CRM lists it, newest first, from entries told in their order. */
function history(...entries: [at: number, author: HistoryEntry['author'], value: Wire][]): HistoryEntry[] {
  return entries.map(([at, author, value]) => ({ at: new Date(at), author, value, source: 'TEST' })).reverse()
}

function known(more: Partial<Known> = {}): Known {
  return { state: undefined, switchedOnAt, intended: [], openIntent: false, ...more }
}

function state(more: Partial<CellState> = {}): CellState {
  return { seen: null, ours: false, historyAt: null, ...more }
}

/** A cell that holds what we wrote at 200. */
const written = state({ seen: 'v', ours: true, sent: 'v', landed: 'v', historyAt: 200 })

function look(current: Wire, entries: HistoryEntry[] | null = null, changedAt: number | null = 150): Look {
  return { current, changedAt, readAt: 999, history: entries }
}

/** The events in short: kind, time, author, value. */
function eventsOf(seen: Look, what: Known) {
  return classify(seen, what, spelling).events.map(({ kind, at, by, value }) => [kind, at, by, value])
}

function stateOf(seen: Look, what: Known) {
  return classify(seen, what, spelling).state
}

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
    ['where what we wrote has not been read yet', known({ state: { ...written, unread: true } }), 'v', true],
    ['not where the value is the one we saw', known({ state: written }), 'v', false],
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

describe('nothing new', () => {
  test('where current is what we saw, nothing changes', () => {
    expect(classify(look('v'), known({ state: written, intended: ['v'] }), spelling)).toEqual({
      events: [],
      state: written,
    })
  })

  test('history that was classified already makes no second event', () => {
    const entries = history([10, 'person', 'a'], [200, 'person', 'b'])
    const seen = state({ seen: 'b', historyAt: 200 })
    expect(eventsOf(look('b', entries), known({ state: seen, openIntent: true }))).toEqual([])
  })

  test('an edit that history knew before the value did is one event, not two', () => {
    const entries = history([200, 'us', 'v'], [300, 'person', 'x'])
    const first = classify(look('v', entries), known({ state: written, openIntent: true }), spelling)
    expect(first.events).toHaveLength(1)
    expect(needsHistory(known({ state: first.state }), 'x', spelling)).toBe(false)
  })

  test('what a field refused, and the rule that decided last, are kept', () => {
    const more = { rule: 'r1', rejected: { wire: 'w', rule: 'r1', reason: 'no' } }
    expect(stateOf(look('x', history([300, 'person', 'x'])), known({ state: { ...written, ...more } }))).toMatchObject(
      more,
    )
  })
})

describe('what we sent and how it landed', () => {
  test('a reformat moves landed and leaves sent', () => {
    expect(stateOf(look('V', history([300, 'automation', 'V'])), known({ state: written, intended: ['v'] }))).toEqual({
      ...written,
      seen: 'V',
      landed: 'V',
      historyAt: 300,
    })
  })

  test('an older value of ours that is back counts as that older one, not as how the newest landed', () => {
    const newer = { ...written, seen: 'w', sent: 'w', landed: 'w' }
    expect(stateOf(look('v', []), known({ state: newer, intended: ['w', 'v'] }))).toMatchObject({
      ours: true,
      sent: 'v',
      landed: 'v',
    })
  })
})

describe('after a crash', () => {
  const before = state({ seen: 'a', historyAt: 50 })
  const open = known({ state: before, intended: ['v'], openIntent: true })

  test.each<[string, HistoryEntry[]]>([
    ['history names us', history([50, 'person', 'a'], [300, 'us', 'v'])],
    ['history names nobody', history([50, 'person', 'a'], [300, 'unknown', 'v'])],
    ['there is no history', []],
  ])('our value that was written after all is no edit, where %s', (_, entries) => {
    expect(eventsOf(look('v', entries), open)).toEqual([])
    expect(stateOf(look('v', entries), open)).toMatchObject({ seen: 'v', ours: true, sent: 'v', landed: 'v' })
  })

  test('nor is it where the CRM spells it its own way', () => {
    const again = known({ state: written, intended: ['Fancy', 'v'], openIntent: true })
    const entries = history([300, 'us', 'fancy'])
    expect(eventsOf(look('fancy', entries), again)).toEqual([])
    expect(stateOf(look('fancy', entries), again)).toMatchObject({ ours: true, sent: 'Fancy', landed: 'fancy' })
  })

  test('what never arrived leaves the cell as it was', () => {
    const entries = history([50, 'person', 'a'])
    expect(classify(look('a', entries), open, spelling)).toEqual({ events: [], state: before })
  })

  test('what arrived and was changed by a person since is theirs, and remembered as sent', () => {
    const entries = history([300, 'us', 'v'], [310, 'person', 'x'])
    expect(eventsOf(look('x', entries), open)).toEqual([['edited', 310, 'person', 'x']])
    expect(stateOf(look('x', entries), open)).toEqual({
      seen: 'x',
      ours: false,
      sent: 'v',
      landed: 'v',
      historyAt: 310,
    })
  })

  test('a cleared field that we meant to clear is ours', () => {
    const cleared = known({ state: written, intended: [null, 'v'], openIntent: true })
    expect(eventsOf(look(null, []), cleared)).toEqual([])
    expect(stateOf(look(null, []), cleared)).toMatchObject({ ours: true, sent: null, landed: null })
  })
})
