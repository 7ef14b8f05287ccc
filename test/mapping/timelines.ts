import fc from 'fast-check'
import type { FoldRule, Mode, SetEvent, StepEvent, TimelineEvent, Value } from '../../src/mapping/index.ts'

export const modes: Mode[] = ['overwrite', 'fill_if_empty', 'max', 'min', 'any', 'union', 'count', 'merge']

export function ruleOf(mode: Mode, policies: Partial<FoldRule> = {}): FoldRule {
  return { mode, existing: 'dated', humanEdits: 'keep', others: 'respect', ...policies }
}

export function base(at: number, value: Value): SetEvent {
  return { kind: 'base', at, value, by: 'unknown', atLatest: false }
}

export function edited(at: number, value: Value, by: SetEvent['by'] = 'person'): SetEvent {
  return { kind: 'edited', at, value, by, atLatest: false }
}

export function said(at: number, value: StepEvent['value'], conversationId = `c${at}`, startedAt = at): StepEvent {
  return { kind: 'said', at, startedAt, conversationId, value }
}

export const anyPolicies = fc.record({
  existing: fc.constantFrom('dated', 'keep', 'replace'),
  humanEdits: fc.constantFrom('keep', 'final', 'overwrite'),
  others: fc.constantFrom('respect', 'ignore'),
})

/** A rule of any mode and policies, with a timeline in some order of arrival whose values that mode can read. */
export const anyTimeline: fc.Arbitrary<{ rule: FoldRule; events: TimelineEvent[] }> = fc
  .tuple(fc.constantFrom(...modes), anyPolicies)
  .chain(([mode, policies]) =>
    valuesOf(mode).chain((values) =>
      fc.record({ rule: fc.constant({ mode, ...policies }), events: fc.oneof(...values.map(eventsOf)) }),
    ),
  )

type Values = { set: fc.Arbitrary<Value>; said: fc.Arbitrary<StepEvent['value']> }

const text = fc.oneof(fc.constantFrom('', ' ', '0', 'false', '😀', "it's", '"', '\\', 'é', 'null'), fc.string())
const option = fc.constantFrom('a', 'b', '0', '😀', "o'clock", 'back\\slash')
const options = fc.uniqueArray(option)
const number = fc.oneof(fc.constantFrom(0, -1, 0.1, 1e21), fc.integer({ min: -9, max: 9 }))
const day = fc.constantFrom('2025-12-31', '2026-01-01', '2026-01-10', '2026-02-01')
const anything = fc.oneof(text, number, fc.boolean(), options)
const empty = fc.constantFrom(null, '')

function valuesOf(mode: Mode): fc.Arbitrary<Values[]> {
  const typed = (said: Values['said'], ...blank: fc.Arbitrary<Value>[]): Values => ({
    said,
    set: fc.oneof(said, empty, ...blank),
  })
  switch (mode) {
    case 'overwrite':
    case 'fill_if_empty':
      return fc.constant([typed(anything)])
    case 'max':
    case 'min':
      return fc.constant([typed(number), typed(day)])
    case 'any':
      return fc.constant([typed(fc.boolean())])
    case 'union':
      return fc.constant([typed(fc.oneof(options, option))])
    case 'count':
      return fc.constant([{ said: anything, set: fc.oneof(number, empty) }])
    case 'merge':
      return fc.constant([
        typed(
          text.filter((one) => one.trim() !== ''),
          text,
        ),
      ])
  }
}

/** Few times for many events, so that equal ones are common. No two set events of a kind share one: storage keeps one. */
function eventsOf(values: Values): fc.Arbitrary<TimelineEvent[]> {
  const at = fc.oneof(fc.integer({ min: 0, max: 6 }), fc.constant(Number.NEGATIVE_INFINITY))
  const sets = fc.uniqueArray(
    fc.record<SetEvent>({
      kind: fc.constantFrom('base', 'edited'),
      at,
      value: values.set,
      by: fc.constantFrom('person', 'automation', 'import', 'unknown'),
      atLatest: fc.boolean(),
    }),
    { selector: (event) => `${event.kind} ${event.at}`, maxLength: 5 },
  )
  const steps = fc.uniqueArray(
    fc.record<StepEvent>({
      kind: fc.constantFrom('said', 'settled'),
      at,
      startedAt: fc.integer({ min: 0, max: 2 }),
      conversationId: fc.constantFrom('a', 'b', 'B', 'c10', 'c9', 'd', 'é'),
      value: values.said,
    }),
    { selector: (event) => event.conversationId, maxLength: 6 },
  )
  return fc.tuple(sets, steps).chain(([some, others]) => {
    const events: TimelineEvent[] = [...some, ...others]
    return fc.shuffledSubarray(events, { minLength: events.length })
  })
}
