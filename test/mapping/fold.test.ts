import { describe, expect, test } from 'vitest'
import {
  type FoldRule,
  fold,
  type Mode,
  type StepEvent,
  type TimelineEvent,
  type Value,
} from '../../src/mapping/index.ts'
import { modelOfFold } from './fold-model.ts'
import { foldMerging, legibly } from './merging.ts'
import { base, edited, modes, ruleOf, said } from './timelines.ts'

/** Per mode: what stood before us, what a person types, and what two conversations say. */
const words: Record<Mode, { old: Value; typed: Value; one: StepEvent['value']; two: StepEvent['value'] }> = {
  overwrite: { old: 'old', typed: 'typed', one: 'one', two: 'two' },
  fill_if_empty: { old: 'old', typed: 'typed', one: 'one', two: 'two' },
  max: { old: 5, typed: 4, one: 3, two: 8 },
  min: { old: 5, typed: 6, one: 7, two: 2 },
  any: { old: false, typed: false, one: true, two: false },
  union: { old: ['old'], typed: ['typed'], one: ['one'], two: ['two', 'old'] },
  count: { old: 10, typed: 20, one: 'one', two: true },
  merge: { old: 'old', typed: 'typed', one: 'one', two: 'two' },
}

type Words = (typeof words)[Mode]
type Expected = [Value, Value, Value, Value, Value, Value, Value, Value]

const merged = (...texts: string[]) => legibly(texts)

const old: Expected = ['old', 'old', 5, 5, false, ['old'], 10, 'old']
const typed: Expected = ['typed', 'typed', 4, 6, false, ['typed'], 20, 'typed']
const empty: Expected = [null, null, null, null, null, null, null, null]
const fresh: Expected = ['two', 'one', 8, 2, true, ['one', 'two', 'old'], 2, merged('one', 'two')]
const overTyped: Expected = ['two', 'typed', 8, 2, false, ['typed', 'two', 'old'], 21, merged('typed', 'two')]
const onlyTwo: Expected = ['two', 'two', 8, 2, false, ['two', 'old'], 1, 'two']

const both = ({ one, two }: Words) => [said(20, one), said(40, two)]
const editBetween = (w: Words) => [...both(w), edited(30, w.typed)]
const machineBetween = (w: Words) => [...both(w), edited(30, w.typed, 'automation')]

/** Expected values in the order of `modes`: overwrite, fill_if_empty, max, min, any, union, count, merge. */
const promises: [string, (w: Words) => TimelineEvent[], Expected, Partial<FoldRule>?][] = [
  ['nothing happened: no value', () => [], empty],
  ['two conversations on an empty field step it in their order', both, fresh],
  ['an older conversation that arrives late takes its place before the newer', (w) => both(w).reverse(), fresh],
  ['settled conversations step as they did', (w) => both(w).map((e) => ({ ...e, kind: 'settled' })), fresh],
  [
    'conversations step what stood before them',
    (w) => [base(10, w.old), ...both(w)],
    ['two', 'old', 8, 2, true, ['old', 'one', 'two'], 12, merged('old', 'one', 'two')],
  ],
  [
    'a base between two conversations beats the first only',
    (w) => [base(30, w.old), ...both(w)],
    ['two', 'old', 8, 2, false, ['old', 'two'], 11, merged('old', 'two')],
  ],
  ['a base set after all conversations stands', (w) => [base(50, w.old), ...both(w)], old],
  ['a base set at the very time of a conversation beats it', (w) => [base(40, w.old), ...both(w)], old],
  ['an empty base of unknown age changes nothing', (w) => [base(-Infinity, null), ...both(w)], fresh],
  ['blank text before us is an empty field', (w) => [base(10, ' '), said(40, w.two)], onlyTwo],
  ['of several bases each stands at its own time', (w) => [base(10, w.old), base(30, w.typed), ...both(w)], overTyped],
  [
    'the second conversation withdrawn: the first is left',
    (w) => [base(10, w.old), said(20, w.one)],
    ['one', 'old', 5, 5, true, ['old', 'one'], 11, merged('old', 'one')],
  ],
  [
    'the first conversation withdrawn: the second is left',
    (w) => [base(10, w.old), said(40, w.two)],
    ['two', 'old', 8, 2, false, ['old', 'two'], 11, merged('old', 'two')],
  ],
  ['all conversations withdrawn: what stood before is back', (w) => [base(10, w.old)], old],

  [
    'existing keep: nothing is written where a value stood before us',
    (w) => [base(10, w.old), ...both(w)],
    old,
    { existing: 'keep' },
  ],
  [
    'existing keep: an edit of what stood before us stays',
    (w) => [base(10, w.old), ...editBetween(w)],
    typed,
    { existing: 'keep' },
  ],
  [
    'existing keep: so it does where edits are overwritten elsewhere',
    (w) => [base(10, w.old), ...editBetween(w)],
    typed,
    { existing: 'keep', humanEdits: 'overwrite' },
  ],
  ['existing keep: an empty field is filled', (w) => [base(10, null), ...both(w)], fresh, { existing: 'keep' }],
  [
    'existing keep: a field emptied before us is filled',
    (w) => [base(5, w.old), base(10, ''), ...both(w)],
    fresh,
    { existing: 'keep' },
  ],
  [
    'existing replace: conversations start afresh',
    (w) => [base(10, w.old), ...both(w)],
    fresh,
    { existing: 'replace' },
  ],
  [
    'existing replace: also over a base set after them',
    (w) => [base(50, w.old), ...both(w)],
    fresh,
    { existing: 'replace' },
  ],
  [
    'existing replace: a settled conversation still replaces',
    (w) => [base(50, w.old), { ...said(40, w.two), kind: 'settled' }],
    onlyTwo,
    { existing: 'replace' },
  ],
  ['existing replace: all withdrawn, the base returns', (w) => [base(10, w.old)], old, { existing: 'replace' }],
  [
    'existing replace: an edit is no base',
    (w) => [base(10, w.old), ...editBetween(w)],
    overTyped,
    { existing: 'replace' },
  ],

  ["a person's edit beats what was said before, not what is said later", editBetween, overTyped],
  ["a person's edit after all conversations stands", (w) => [...both(w), edited(50, w.typed)], typed],
  ['an edit at the very time of a conversation beats it', (w) => [...both(w), edited(40, w.typed)], typed],
  ['a field that a person cleared starts afresh', (w) => [...both(w), edited(30, null)], onlyTwo],
  ['a field that a person cleared last stays empty', (w) => [...both(w), edited(50, null)], empty],
  ['the newest of two edits stands', (w) => [edited(60, w.typed), edited(50, w.old), ...both(w)], typed],
  ['human edits final: nothing said later changes it', editBetween, typed, { humanEdits: 'final' }],
  ['human edits final: cleared is cleared', (w) => [...both(w), edited(30, null)], empty, { humanEdits: 'final' }],
  [
    'human edits final: a later edit does',
    (w) => [edited(30, w.old), ...both(w), edited(50, w.typed)],
    typed,
    { humanEdits: 'final' },
  ],
  [
    'human edits final: a base is not final',
    (w) => [base(10, w.old), ...both(w)],
    ['two', 'old', 8, 2, true, ['old', 'one', 'two'], 12, merged('old', 'one', 'two')],
    { humanEdits: 'final' },
  ],
  ['human edits overwrite: an edit is ignored', editBetween, fresh, { humanEdits: 'overwrite' }],
  [
    'human edits overwrite: a cleared field too',
    (w) => [...both(w), edited(50, null)],
    fresh,
    { humanEdits: 'overwrite' },
  ],
  [
    'human edits overwrite: all withdrawn, the edit stands again',
    (w) => [base(10, w.old), edited(30, w.typed)],
    typed,
    { humanEdits: 'overwrite' },
  ],

  ["others respect: a machine's edit counts as a person's", machineBetween, overTyped],
  ["others respect: it is final where a person's is", machineBetween, typed, { humanEdits: 'final' }],
  ["others respect: it is ignored where a person's is", machineBetween, fresh, { humanEdits: 'overwrite' }],
  ["others ignore: a machine's edit is ignored", machineBetween, fresh, { others: 'ignore' }],
  ['others ignore: even where edits are final', machineBetween, fresh, { others: 'ignore', humanEdits: 'final' }],
  ["others ignore: a person's edit still counts", editBetween, overTyped, { others: 'ignore' }],
  [
    'others ignore: all withdrawn, the edit stands again',
    (w) => [edited(30, w.typed, 'import')],
    typed,
    { others: 'ignore' },
  ],
]

describe.each(modes.map((mode, column) => ({ mode, column })))('in mode $mode', ({ mode, column }) => {
  test.each(promises)('%s', (_, events, expected, policies) => {
    const timeline = events(words[mode])
    expect(foldMerging(timeline, ruleOf(mode, policies)).value).toEqual(expected[column])
    expect(modelOfFold(timeline, ruleOf(mode, policies))).toEqual(expected[column])
  })
})

describe('single values', () => {
  test.each<[string, Mode, TimelineEvent[], Value]>([
    ['0 is a value that is not filled over', 'fill_if_empty', [base(1, 0), said(2, 7)], 0],
    ['false is a value that is not filled over', 'fill_if_empty', [base(1, false), said(2, true)], false],
    ['an empty list is filled over', 'fill_if_empty', [base(1, []), said(2, ['😀'])], ['😀']],
    ['0 said overwrites', 'overwrite', [base(1, 7), said(2, 0)], 0],
    ['false said overwrites', 'overwrite', [base(1, true), said(2, false)], false],
    ['0 is more than -1', 'max', [base(1, -1), said(2, 0)], 0],
    ['9 is less than 10, as numbers', 'max', [base(1, 9), said(2, 10)], 10],
    ['any of false alone is false, not empty', 'any', [said(2, false)], false],
    ['the earlier day is the minimum', 'min', [base(1, '2026-02-01'), said(2, '2026-01-10')], '2026-01-10'],
    ['what a rep ticked survives', 'union', [edited(1, ["o'clock"]), said(2, ['a', "o'clock"])], ["o'clock", 'a']],
    ['false does not count, 0 and an emoji do', 'count', [said(1, false), said(2, 0), said(3, '😀')], 2],
    ['false alone counts nothing', 'count', [said(1, false)], null],
  ])('%s', (_, mode, events, expected) => expect(fold(events, ruleOf(mode)).value).toEqual(expected))
})

describe('at equal times', () => {
  test.each<[string, TimelineEvent[], Value]>([
    ['the later start speaks last', [said(9, 'late', 'a', 5), said(9, 'early', 'b', 4)], 'late'],
    ['with one start, the later id speaks last', [said(9, 'second', 'b', 4), said(9, 'first', 'a', 4)], 'second'],
    [
      'settled and said are ordered alike',
      [said(9, 'second', 'b', 4), { ...said(9, 'first', 'a', 4), kind: 'settled' }],
      'second',
    ],
  ])('%s', (_, events, expected) => expect(fold(events, ruleOf('overwrite')).value).toBe(expected))
})

describe('the deciding event', () => {
  const [first, second] = [said(20, 8, 'first'), said(40, 8, 'second')]
  test.each<[string, Mode, TimelineEvent[], TimelineEvent | null]>([
    ['is none where nothing ever stood', 'max', [], null],
    ['is the first that said the highest value', 'max', [first, second], first],
    ['is the base that nothing exceeds', 'max', [base(10, 9), first], base(10, 9)],
    ['is the conversation that filled the field', 'fill_if_empty', [first, second], first],
    ['is the last to overwrite, even with the same value', 'overwrite', [first, second], second],
    ['is the conversation that added something', 'union', [said(1, ['a']), said(2, ['a'])], said(1, ['a'])],
    ['is the edit that came last', 'count', [first, edited(30, 4)], edited(30, 4)],
    ['is the last whose words were merged', 'merge', [first, second], second],
  ])('%s', (_, mode, events, expected) => expect(fold(events, ruleOf(mode)).decidedBy).toEqual(expected))
})
