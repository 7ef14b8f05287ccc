import { describe, expect, test } from 'vitest'
import type { Wire } from '../../src/crm/index.ts'
import type { Says, SetEvent, StepEvent, TimelineEvent, Value } from '../../src/mapping/index.ts'
import { type Action, actOn, decisionFor, eventLabel, foremost } from '../../src/sync/decide.ts'
import { decisionKinds } from '../../src/sync/says.ts'
import type { CellState } from '../../src/sync/timeline/types.ts'
import { ruleOf } from './timeline/spoken.ts'

const said: StepEvent = { kind: 'said', at: 20, startedAt: 20, conversationId: 'call_1', value: 'v' }
const base: SetEvent = { kind: 'base', at: 10, value: 'old', by: 'person', atLatest: false }
const edit: SetEvent = { kind: 'edited', at: 30, value: 'typed', by: 'person', atLatest: false }

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
    anythingSaid: true,
    mayWrite: true,
    same: (a, b) => (a?.trim() || null) === (b?.trim() || null),
    ...cell,
  })
}

const by = (decidedBy: TimelineEvent | null, value: Value = decidedBy?.value ?? null) => ({
  folded: { value, decidedBy },
})

describe('a cell is written', () => {
  test('where a conversation decides and another value stands', () => {
    expect(act()).toEqual({ action: 'write', after: 'v' })
  })

  test.each(['0', 'false', '😀', 'it\'s \\ "quoted"'])('with %s', (wire) => {
    expect(act({ wanted: { wire } })).toEqual({ action: 'write', after: wire })
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
      { ...by(base), wanted: { wire: 'old' }, current: 'other', anythingSaid: false },
      'other',
    ],
    ['where a field we did not fill would be cleared', { ...by(null), wanted: { wire: null } }, 'old'],
    [
      'where it would be cleared for an edit that others have overruled',
      { ...by({ ...edit, value: null }), wanted: { wire: null } },
      'old',
    ],
    [
      'where what others set would not be taken once more',
      { ...by(base), wanted: { refused: 'not an option' } },
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
      act({ mayWrite: false, state: written, current: 'v', anythingSaid: false, ...by(base), wanted: { wire: 'old' } })
        .action,
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
    expect(act({ ...mine, ...by(event), wanted: { wire }, anythingSaid: false })).toEqual({
      action: 'retract',
      after: wire,
    })
  })

  test('is one as well where older conversations speak but decide nothing', () => {
    expect(act({ ...mine, ...by(base), wanted: { wire: 'old' }, anythingSaid: true }).action).toBe('retract')
  })

  test('is none where another conversation of ours is left', () => {
    expect(act({ ...mine, wanted: { wire: 'w' } }).action).toBe('write')
  })

  test('reaches a value that the crash of its push hid from us', () => {
    const found: CellState = { seen: 'v', ours: true, historyAt: null }
    expect(act({ state: found, current: 'v', ...by(base), wanted: { wire: 'old' }, anythingSaid: false }).action).toBe(
      'retract',
    )
  })
})

describe('what a field refused', () => {
  const state: CellState = { ...untouched, rejected: { wire: 'v', rule: 'r1', reason: 'too long' } }

  test('is not sent again', () => expect(act({ state })).toEqual({ action: 'rejected', after: 'v', why: 'too long' }))
  test('is sent again as another value', () => expect(act({ state, wanted: { wire: 'w' } }).action).toBe('write'))
  test('is sent again under another rule', () => expect(act({ state, rule: 'r2' }).action).toBe('write'))
  test('is rejected without being sent where it cannot even be spelled', () => {
    expect(act({ wanted: { refused: 'not a number' } })).toEqual({
      action: 'rejected',
      after: 'old',
      why: 'not a number',
    })
  })
})

describe('a decision', () => {
  const value: Says = { says: 'value', value: 'v' }
  const equal: Action = { action: 'equal', after: 'v' }
  const voices = (mode: Parameters<typeof ruleOf>[1]) => ({ rule: ruleOf('r1', mode), voices: [], stayOut: 0 })

  function decide(cell: Partial<Parameters<typeof decisionFor>[1]>, says: Says = value, conversationId = 'call_1') {
    const folded = { value: 'v', decidedBy: said }
    return decisionFor(
      conversationId,
      { act: equal, folded, voices: voices({}), rule: 'r1', refused: new Map(), ...cell },
      says,
    )
  }

  const other = { folded: { value: 'w', decidedBy: { ...said, conversationId: 'call_2' } } }
  const refused = new Map([['call_1', 'not a number']])

  test.each<[string, ReturnType<typeof decide>, object]>([
    [
      'observed before all',
      decide({ act: { action: 'observed', after: 'v' }, refused }),
      { decision: 'observed', by: 'call_1' },
    ],
    [
      'rejected by the field before what else was done',
      decide({ act: { action: 'write', after: 'v' }, refused }),
      { decision: 'rejected', why: 'not a number' },
    ],
    [
      'rejected with the reason of the field',
      decide({ act: { action: 'rejected', after: 'v', why: 'too long' } }),
      { decision: 'rejected', why: 'too long' },
    ],
    ['write', decide({ act: { action: 'write', after: 'v' } }), { decision: 'write', by: 'call_1' }],
    [
      'retract, also for who says nothing',
      decide({ act: { action: 'retract', after: 'v' } }, { says: 'nothing', why: 'declined' }),
      { decision: 'retract' },
    ],
    [
      'kept_edit where an edit decides',
      decide(by(edit)),
      { decision: 'kept_edit', by: 'edited by a person at 1970-01-01T00:00:00.030Z' },
    ],
    [
      'kept_existing where a base decides',
      decide(by(base)),
      { decision: 'kept_existing', by: 'set before us by a person at 1970-01-01T00:00:00.010Z' },
    ],
    [
      'filled_earlier, by whom',
      decide({ ...other, voices: voices({ mode: 'fill_if_empty' }) }),
      { decision: 'filled_earlier', by: 'call_2' },
    ],
    ['superseded, by which conversation', decide(other), { decision: 'superseded', by: 'call_2' }],
    [
      'superseded by a higher value',
      decide({ ...other, voices: voices({ mode: 'max' }) }),
      { decision: 'superseded', by: 'call_2' },
    ],
    ['equal where it decides itself', decide({}), { decision: 'equal', by: 'call_1' }],
    ['equal where it is part of a sum', decide({ ...other, voices: voices({ mode: 'count' }) }), { decision: 'equal' }],
    [
      'equal where it is part of a union',
      decide({ ...other, voices: voices({ mode: 'union' }) }),
      { decision: 'equal' },
    ],
    ['not_translated', decide({}, { says: 'silent', why: 'not_translated' }), { decision: 'not_translated' }],
    [
      'nothing_said, and why',
      decide(by(edit), { says: 'nothing', why: 'declined' }),
      { decision: 'nothing_said', why: 'declined' },
    ],
    ['silent, and why', decide(by(base), { says: 'silent', why: 'refused' }), { decision: 'silent', why: 'refused' }],
  ])('is %s', (_, decision, expected) => expect(decision).toMatchObject({ rule: 'r1', ...expected }))

  test('names no event where none decided', () => {
    expect(decide(by(null), { says: 'nothing', why: 'blank' })).toEqual({
      decision: 'nothing_said',
      why: 'blank',
      rule: 'r1',
    })
  })
})

describe('of the decisions that several conversations saw', () => {
  const decision = (kind: (typeof decisionKinds)[number]) => ({ decision: kind, rule: 'r1' })

  test('the first in the listed order is the one on the cell', () => {
    const listed = decisionKinds.map(decision)
    for (const [index, first] of listed.entries()) expect(foremost(listed.slice(index).reverse())).toEqual(first)
  })

  test('there is none of none', () => expect(foremost([])).toBeUndefined())

  test('the order is the one of ENGINE.md', () => {
    const page =
      'no_record ambiguous moved observed rejected contested held write retract kept_edit kept_existing filled_earlier ' +
      'superseded equal not_translated nothing_said silent'
    const known = page.split(' ').filter((kind) => decisionKinds.some((each) => each === kind))
    expect(decisionKinds).toEqual(known)
  })
})

describe('an event in words', () => {
  test.each<[TimelineEvent, string]>([
    [said, 'call_1'],
    [{ ...said, kind: 'settled' }, 'call_1'],
    [{ ...edit, by: 'automation' }, 'edited by an automation at 1970-01-01T00:00:00.030Z'],
    [{ ...base, by: 'unknown', atLatest: true }, 'set before us by somebody at the latest at 1970-01-01T00:00:00.010Z'],
    [{ ...base, at: Number.NEGATIVE_INFINITY }, 'set before us by a person at an unknown time'],
  ])('%j reads %s', (event, words) => expect(eventLabel(event)).toBe(words))
})
