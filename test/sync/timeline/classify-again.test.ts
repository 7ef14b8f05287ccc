import { describe, expect, test } from 'vitest'
import type { HistoryEntry } from '../../../src/crm/index.ts'
import { classify, needsHistory } from '../../../src/sync/timeline/classify.ts'
import { eventsOf, history, known, look, spelling, state, stateOf, written } from './looks.ts'

describe('nothing new', () => {
  test('where current is what we saw, nothing changes', () => {
    expect(classify(look('v'), known({ state: written, intended: ['v'] }), spelling)).toEqual({
      events: [],
      state: written,
      wrote: false,
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
    expect(classify(look('a', entries), open, spelling)).toEqual({ events: [], state: before, wrote: false })
  })

  test('what never arrived is not written for having been sent and replaced before', () => {
    const replaced = state({ ...written, seen: 'x', ours: false, historyAt: 310 })
    const entries = history([200, 'us', 'v'], [310, 'person', 'x'])
    const found = classify(look('x', entries), known({ state: replaced, intended: ['v'], openIntent: true }), spelling)
    expect(found).toMatchObject({ state: { sent: 'v', ours: false }, wrote: false })
  })

  test('what arrived and was changed by a person since is theirs, and remembered as sent', () => {
    const entries = history([300, 'us', 'v'], [310, 'person', 'x'])
    expect(eventsOf(look('x', entries), open)).toEqual([['edited', 310, 'person', 'x']])
    expect(classify(look('x', entries), open, spelling).wrote).toBe(true)
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
