import { expect, test } from 'vitest'
import { voicesOf } from '../../../src/sync/timeline/voices.ts'
import { one } from './hearing.ts'
import { answer, correction, field, found, release, ruleOf, without } from './spoken.ts'
import type { Facts } from './voices-model.ts'

const template = '{{a}}{{#b | c}} with {{b | c}}{{/b | c}} ({{$agent}})'
const rule = ruleOf('template', { from: ['a', 'b', 'c', '$agent'], template })
const whole = answer('one', 1, { a: found('tea'), b: found('cake') })

/** The text that the one conversation gives the cell, or why none, and whether an analysis stands behind it. */
function hear(facts: Partial<Facts>, by = rule) {
  const releases = [release(one, whole, by)]
  const known = { conversations: [one], answers: [whole], corrections: [], releases, ruleByHash: () => by, ...facts }
  const [voice] = voicesOf(field, known)?.voices ?? []
  const says = voice?.says
  return [says?.says === 'value' ? says.value : `${says?.says}: ${says?.why}`, voice?.answer?.analysisId ?? null]
}

test.each<[string, Facts['answers'][number]]>([
  ['was not asked for a part', answer('one', 2, { a: found('coffee') })],
  ['was refused a part', answer('one', 2, { a: found('coffee'), b: without('refused') })],
  ['failed', answer('one', 2, null)],
])('a rerun that %s leaves the whole older text in force', (_, newer) => {
  expect(hear({ answers: [whole, newer] })).toEqual(['tea with cake (agent)', 1])
})

test('a rerun that found a part no more is a text without it', () => {
  const newer = answer('one', 2, { a: found('coffee'), b: without('not_mentioned') })
  expect(hear({ answers: [whole, newer] })).toEqual(['coffee (agent)', 2])
})

test('a correction changes its part alone', () => {
  expect(hear({ corrections: [correction('one', 5, 'water')] })).toEqual(['water with cake (agent)', 1])
  expect(hear({ corrections: [correction('one', 5, 'pie', 'b')] })).toEqual(['tea with pie (agent)', 1])
  expect(hear({ corrections: [correction('one', 5, null, 'b')] })).toEqual(['tea (agent)', 1])
})

test('a correction of an item stands for those beside which it is the alternative', () => {
  expect(hear({ corrections: [correction('one', 5, 'pie', 'c')] })).toEqual(['tea with pie (agent)', 1])
})

test('where every item is corrected, no analysis stands behind the text, nor is one needed', () => {
  const corrections = [correction('one', 5, 'water'), correction('one', 6, 'pie', 'b')]
  expect(hear({ corrections })).toEqual(['water with pie (agent)', null])
  expect(hear({ corrections, answers: [] })).toEqual(['water with pie (agent)', null])
})

test('a correction of one part, where the rest was never asked, makes no half a text', () => {
  const corrections = [correction('one', 5, 'water')]
  expect(hear({ corrections, answers: [] })).toEqual(['silent: not_asked', null])
  const failed = answer('one', 2, null)
  expect(hear({ corrections, answers: [whole, failed] })).toEqual(['water with cake (agent)', 1])
})

test('where all parts are taken back, the text is, under retract: never too', () => {
  const corrections = [correction('one', 5, null), correction('one', 6, null, 'b')]
  expect(hear({ corrections }, { ...rule, retract: 'never' })).toEqual(['nothing: blank', null])
})
