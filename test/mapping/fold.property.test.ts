import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FoldRule, StepEvent, TimelineEvent, Value } from '../../src/mapping/index.ts'
import { modelOfFold } from './fold-model.ts'
import { foldMerging as fold } from './merging.ts'
import { anyTimeline } from './timelines.ts'

const runs = { numRuns: 3000 }
const mainRuns = { numRuns: 5000 }

describe('for any timeline, mode and policies', () => {
  test('the fold is what the independent model says', () => {
    fc.assert(
      fc.property(anyTimeline, ({ rule, events }) => {
        expect(read(fold(events, rule).value, rule)).toEqual(read(modelOfFold(events, rule), rule))
      }),
      mainRuns,
    )
  })

  test('the order of arrival does not matter, nor for which event decided', () => {
    const twoOrders = anyTimeline.chain(({ rule, events }) =>
      fc.record({
        rule: fc.constant(rule),
        events: fc.constant(events),
        shuffled: fc.shuffledSubarray(events, { minLength: events.length }),
      }),
    )
    fc.assert(
      fc.property(twoOrders, ({ rule, events, shuffled }) => {
        expect(fold(shuffled, rule)).toEqual(fold(events, rule))
      }),
      runs,
    )
  })

  test('a conversation withdrawn after it was folded leaves what the model knows without it', () => {
    fc.assert(
      fc.property(anyTimeline, fc.nat(), ({ rule, events }, index) => {
        const said = events.filter(isSpoken)
        const withdrawn = said[index % Math.max(said.length, 1)]
        const left = events.filter((event) => event !== withdrawn)
        fold(events, rule)
        expect(read(fold(left, rule).value, rule)).toEqual(read(modelOfFold(left, rule), rule))
      }),
      runs,
    )
  })

  test('without conversations the newest set event stands, whatever the policies', () => {
    fc.assert(
      fc.property(anyTimeline, ({ rule, events }) => {
        const left = events.filter((event) => !isSpoken(event))
        const newest = left.reduce<TimelineEvent | null>(
          (best, each) => (best && isAfter(best, each) ? best : each),
          null,
        )
        expect(fold(left, rule)).toEqual({ value: newest?.value ?? null, decidedBy: newest })
      }),
      runs,
    )
  })

  test('retention changes no field: settled conversations step as the said ones did', () => {
    fc.assert(
      fc.property(anyTimeline, ({ rule, events }) => {
        const settled = events.map((event): TimelineEvent => (isSpoken(event) ? { ...event, kind: 'settled' } : event))
        expect(fold(settled, rule).value).toEqual(fold(events, rule).value)
      }),
      runs,
    )
  })

  test('the events it is given stay as they are', () => {
    fc.assert(
      fc.property(anyTimeline, ({ rule, events }) => {
        const before = structuredClone(events)
        fold(events, rule)
        expect(events).toEqual(before)
      }),
      runs,
    )
  })
})

/** A multi-select field holds the same whatever the order of its list, and where one option stands as a text. */
function read(value: Value, { mode }: FoldRule): Value {
  if (mode !== 'union') return value
  return [...new Set([value ?? []].flat().map(String))].filter((option) => option.trim() !== '').sort()
}

function isSpoken(event: TimelineEvent): event is StepEvent {
  return event.kind === 'said' || event.kind === 'settled'
}

function isAfter(a: TimelineEvent, b: TimelineEvent): boolean {
  return a.at > b.at || (a.at === b.at && a.kind === 'edited')
}
