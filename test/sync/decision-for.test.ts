import { describe, expect, test } from 'vitest'
import type { Says, TimelineEvent } from '../../src/mapping/index.ts'
import { type Action, decisionFor, eventLabel, foremost } from '../../src/sync/decide.ts'
import { decisionKinds } from '../../src/sync/says.ts'
import { base, decidedBy, edit, said } from './deciders.ts'
import { ruleOf } from './timeline/spoken.ts'

describe('a decision', () => {
  const value: Says = { says: 'value', value: 'v' }
  const equal: Action = { action: 'equal', after: 'v' }
  const voices = (mode: Parameters<typeof ruleOf>[1]) => {
    const rule = ruleOf('r1', mode)
    return { rule, rules: [rule], stamp: null, voices: [], settled: [], stayOut: 0 }
  }

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
      decide(decidedBy(edit)),
      { decision: 'kept_edit', by: 'edited by a person at 1970-01-01T00:00:00.030Z' },
    ],
    [
      'kept_existing where a base decides',
      decide(decidedBy(base)),
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
      decide(decidedBy(edit), { says: 'nothing', why: 'declined' }),
      { decision: 'nothing_said', why: 'declined' },
    ],
    [
      'silent, and why',
      decide(decidedBy(base), { says: 'silent', why: 'refused' }),
      { decision: 'silent', why: 'refused' },
    ],
  ])('is %s', (_, decision, expected) => expect(decision).toMatchObject({ rule: 'r1', ...expected }))

  test('names no event where none decided', () => {
    expect(decide(decidedBy(null), { says: 'nothing', why: 'blank' })).toEqual({
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
    [{ ...said, kind: 'settled' }, 'a conversation of 1970-01-01T00:00:00.020Z, settled'],
    [{ ...edit, by: 'automation' }, 'edited by an automation at 1970-01-01T00:00:00.030Z'],
    [{ ...base, by: 'unknown', atLatest: true }, 'set before us by somebody at the latest at 1970-01-01T00:00:00.010Z'],
    [{ ...base, at: Number.NEGATIVE_INFINITY }, 'set before us by a person at an unknown time'],
  ])('%j reads %s', (event, words) => expect(eventLabel(event)).toBe(words))
})
