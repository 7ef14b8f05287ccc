import { describe, expect, test } from 'vitest'
import type { Wire } from '../../src/crm/index.ts'
import type { TimelineEvent } from '../../src/mapping/index.ts'
import { type Action, actOn } from '../../src/sync/decide.ts'
import type { CellState } from '../../src/sync/timeline/types.ts'
import { base, decidedBy, edit, said } from './deciders.ts'

const untouched: CellState = { seen: 'old', ours: false, historyAt: null }
const written: CellState = { seen: 'v', ours: true, sent: 'v', landed: 'v', historyAt: null }

/** A cell that should hold `value`, decided by an event; by default one that a conversation fills for the first time. */
function act(
  cell: Partial<Parameters<typeof actOn>[0]> & { wanted?: { wire: Wire } | { refused: string } } = {},
): Action {
  return actOn({
    folded: { value: 'v', decidedBy: said },
    wanted: { wire: 'v' },
    current: 'old',
    state: untouched,
    rule: 'r1',
    print: () => 'p1',
    anythingSaid: true,
    mayWrite: true,
    same: (a, b) => (a?.trim() || null) === (b?.trim() || null),
    ...cell,
  })
}

describe('a cell is written', () => {
  test('where a conversation decides and another value stands', () => {
    expect(act()).toEqual({ action: 'write', after: 'v' })
  })

  test.each(['0', 'false', '😀', 'it\'s \\ "quoted"'])('with %s', (wire) => {
    expect(act({ wanted: { wire } })).toEqual({ action: 'write', after: wire })
  })

  test('also empty, where the rule ignores what stands there and a person had emptied it before', () => {
    const emptied = { ...decidedBy({ ...edit, value: null }), wanted: { wire: null } }
    expect(act(emptied)).toMatchObject({ after: null })
    expect(act({ ...emptied, state: written, current: 'v' })).toMatchObject({ after: null })
  })

  test('where what landed of ours has been changed since and the fold insists', () => {
    expect(act({ state: { ...written, seen: 'other', ours: false }, current: 'other' }).action).toBe('write')
  })
})

describe('nothing is written', () => {
  test.each<[string, Partial<Parameters<typeof actOn>[0]>, Wire]>([
    ['where the fold is what stands there', { current: 'v' }, 'v'],
    ['where it only is spelled otherwise', { current: ' v ' }, ' v '],
    [
      'where the fold is what we sent and it stands as it landed',
      { state: { ...written, landed: 'V' }, current: 'V' },
      'V',
    ],
    [
      'where nothing is said and nothing was ever ours',
      { ...decidedBy(base), wanted: { wire: 'old' }, current: 'other', anythingSaid: false },
      'other',
    ],
    [
      'where what others set would not be taken once more',
      { ...decidedBy(base), wanted: { refused: 'not an option' } },
      'old',
    ],
  ])('%s', (_, cell, after) => expect(act(cell)).toEqual({ action: 'equal', after }))

  test('as landed, only while it stands as it landed', () => {
    expect(act({ state: { ...written, landed: 'V' }, current: 'x' }).action).toBe('write')
    expect(act({ state: { ...written, landed: 'V' }, current: 'V', wanted: { wire: 'w' } }).action).toBe('write')
  })

  test('a mapping that may not write observes, and says what it would', () => {
    expect(act({ mayWrite: false })).toEqual({ action: 'observed', after: 'v' })
    expect(act({ mayWrite: false, current: 'v' }).action).toBe('equal')
    expect(
      act({
        mayWrite: false,
        state: written,
        current: 'v',
        anythingSaid: false,
        ...decidedBy(base),
        wanted: { wire: 'old' },
      }).action,
    ).toBe('observed')
    expect(act({ mayWrite: false, wanted: { refused: 'not a number' } }).action).toBe('observed')
  })
})

describe('a retraction', () => {
  const mine = { state: written, current: 'v' }

  test.each<[string, TimelineEvent | null, Wire]>([
    ['brings back what stood before', base, 'old'],
    ['puts back an edit', edit, 'typed'],
    ['empties what was empty', null, null],
  ])('%s', (_, event, wire) => {
    expect(act({ ...mine, ...decidedBy(event), wanted: { wire }, anythingSaid: false })).toEqual({
      action: 'retract',
      after: wire,
    })
  })

  test('is one as well where older conversations speak but decide nothing', () => {
    expect(act({ ...mine, ...decidedBy(base), wanted: { wire: 'old' }, anythingSaid: true }).action).toBe('retract')
  })

  test('is none where another conversation of ours is left', () => {
    expect(act({ ...mine, wanted: { wire: 'w' } }).action).toBe('write')
  })

  test('reaches a value that the crash of its push hid from us', () => {
    const found: CellState = { seen: 'v', ours: true, historyAt: null }
    expect(
      act({ state: found, current: 'v', ...decidedBy(base), wanted: { wire: 'old' }, anythingSaid: false }).action,
    ).toBe('retract')
  })
})

describe('what a field refused', () => {
  const state: CellState = { ...untouched, rejected: { wire: 'v', rule: 'r1', reason: 'too long' } }

  test('is not sent again', () => expect(act({ state })).toEqual({ action: 'rejected', after: 'v', why: 'too long' }))
  test('is sent again as another value', () => expect(act({ state, wanted: { wire: 'w' } }).action).toBe('write'))
  test('is sent again under another rule', () => expect(act({ state, rule: 'r2' }).action).toBe('write'))
  test('is sent again once the field is another, and not before', () => {
    const refused = (print: string): CellState => ({
      ...untouched,
      rejected: { wire: 'v', rule: 'r1', reason: 'too long', code: 'STRING_TOO_LONG', print },
    })
    expect(act({ state: refused('p0') }).action).toBe('write')
    const still = { action: 'rejected', after: 'v', why: 'too long', code: 'STRING_TOO_LONG' }
    expect(act({ state: refused('p1') })).toEqual(still)
  })
  test('is rejected without being sent where it cannot even be spelled', () => {
    expect(act({ wanted: { refused: 'not a number' } })).toEqual({
      action: 'rejected',
      after: 'old',
      why: 'not a number',
    })
  })
})
