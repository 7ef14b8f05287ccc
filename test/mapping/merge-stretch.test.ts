import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fold, type StepEvent } from '../../src/mapping/index.ts'
import { modelOfFold } from './fold-model.ts'
import { foldMerging, legibly } from './merging.ts'
import { base, edited, ruleOf, said } from './timelines.ts'

const merging = ruleOf('merge')

/** Conversations one after the other that say texts of these lengths, no two the same. */
function talk(...lengths: number[]): StepEvent[] {
  return lengths.map((length, at) => said(at, `${at}`.padEnd(length, '.'), `c${at}`))
}

/** What each merge of a timeline was made of. */
function mergesOf(events: StepEvent[], write = legibly): string[][] {
  const made: string[][] = []
  foldMerging(events, merging, write, made)
  return made
}

describe('one stretch', () => {
  test('is one merge of all its values, in order, on top of what was set', () => {
    expect(fold([said(30, 'b'), said(20, 'a'), base(10, 'old')], merging)).toMatchObject({
      value: null,
      needs: { inputs: ['old', 'a', 'b'], conversations: ['c20', 'c30'] },
      decidedBy: { conversationId: 'c30' },
    })
  })

  test.each([
    ['a single value', [said(20, 'a "quoted" \\ 👋')]],
    ['a single value after a field was cleared', [said(20, 'x'), edited(25, null), said(30, 'a "quoted" \\ 👋')]],
    ['a single value on blank text', [base(10, '  '), said(20, 'a "quoted" \\ 👋')]],
  ])('%s is taken as it is, and nobody is asked', (_, events) => {
    expect(fold(events, merging)).toMatchObject({ value: 'a "quoted" \\ 👋', merges: [] })
    expect(fold(events, merging)).not.toHaveProperty('needs')
  })

  test('a text is the same one for the same values and instructions, whoever said them, and another for others', () => {
    const hashOf = (inputs: StepEvent[], policies = {}) => fold(inputs, { ...merging, ...policies }).needs?.hash
    const hash = hashOf([said(20, 'a'), said(30, 'b')])
    expect(hashOf([said(1, 'a', 'other'), said(2, 'b', 'one')])).toBe(hash)
    expect(hashOf([said(20, 'b'), said(30, 'a')])).not.toBe(hash)
    expect(hashOf([said(20, 'a\nb'), said(30, '')])).not.toBe(hash)
    expect(hashOf([said(20, 'a'), said(30, 'b')], { instructions: 'Briefly.' })).not.toBe(hash)
    expect(hashOf([said(20, 'a'), said(30, 'b')], { maxLength: 100 })).not.toBe(hash)
  })

  test('a settled conversation is merged as it was said, and named no more', () => {
    const [first, second] = [said(20, 'a'), said(30, 'b')]
    const before = fold([first, second], merging).needs
    const after = fold([{ ...first, kind: 'settled' }, second], merging).needs
    expect(after).toEqual({ ...before, conversations: ['c30'] })
  })

  test('a text that is longer than the rule allows is cut, never in the middle of an emoji', () => {
    const rule = { ...merging, maxLength: 5 }
    expect(foldMerging([said(20, 'a'), said(30, 'b')], rule, () => 'abc👋👋').value).toBe('abc…')
    expect(foldMerging([said(20, 'a'), said(30, 'b')], rule, () => 'abcde').value).toBe('abcde')
  })
})

describe('a long stretch', () => {
  test('of fifty values is one merge, of fifty-one the oldest fifty and then one on top', () => {
    const values = talk(...Array(51).fill(3))
    expect(mergesOf(values.slice(0, 50))).toEqual([values.slice(0, 50).map((event) => event.value)])
    const [block, top] = mergesOf(values)
    expect(block).toEqual(values.slice(0, 50).map((event) => event.value))
    expect(top).toEqual([legibly(block ?? []), '50.'])
  })

  test('of 24,000 characters is one merge, with one more two', () => {
    expect(mergesOf(talk(8_000, 8_000, 8_000))).toHaveLength(1)
    expect(mergesOf(talk(8_000, 8_000, 8_001)).map((inputs) => inputs.length)).toEqual([2, 2])
  })

  test('a value of more than 24,000 characters is a block of its own, and alone is no merge', () => {
    expect(mergesOf(talk(30_000))).toEqual([])
    expect(mergesOf(talk(30_000, 10)).map((inputs) => inputs.map((text) => text.length))).toEqual([[30_000, 10]])
  })

  test('names in each text everybody whose words have come into it', () => {
    const { merges = [] } = foldMerging(talk(...Array(120).fill(3)), merging, () => 'short')
    expect(merges.map(({ conversations }) => conversations.length)).toEqual([50, 100, 120])
    expect(merges.map(({ inputs }) => inputs.length)).toEqual([50, 51, 21])
  })

  const lengths = fc.array(fc.oneof(fc.constantFrom(1, 479, 480, 481, 12_000, 23_999, 24_001), fc.nat(900)), {
    minLength: 1,
    maxLength: 160,
  })
  const digest = (inputs: string[]) =>
    `${inputs.length} of ${inputs
      .map((text) => text.slice(0, 40))
      .join('|')
      .slice(0, 60)}`

  test('comes to what the independent model says', () => {
    fc.assert(
      fc.property(lengths, fc.constantFrom(null, '', 'what stood there'), (each, old) => {
        const events = [base(-1, old), ...talk(...each)]
        expect(foldMerging(events, merging, digest).value).toBe(modelOfFold(events, merging, digest))
      }),
      { numRuns: 500 },
    )
  })

  test('that grows by one value leaves every merge as it is but the last', () => {
    fc.assert(
      fc.property(lengths, (each) => {
        const [before, after] = [mergesOf(talk(...each.slice(0, -1)), digest), mergesOf(talk(...each), digest)]
        const done = before.slice(0, -1)
        expect(after.slice(0, done.length)).toEqual(done)
        expect(after.length - done.length).toBeLessThanOrEqual(2)
      }),
      { numRuns: 300 },
    )
  })
})
