import { mergeStretch } from './merge-stretch.ts'
import { step } from './step.ts'
import type { FoldRule, Merge, MergedTexts, Mode, SetEvent, StepEvent, TimelineEvent, Value } from './types.ts'
import { isEmpty } from './values.ts'

export type Folded = {
  value: Value
  /** The event the value comes from; null where nothing ever stood or was said. */
  decidedBy: TimelineEvent | null
  /** Under `merge`: the texts of a model that the value rests on, in the order in which they are made. */
  merges?: Merge[]
  /** The first of them that is not known yet: until it is, there is no value (null). */
  needs?: Merge
}

/**
 * What a cell should hold after its timeline, under one version of its rule. Pure: no clock, no network, no database;
 * the order of `events` does not matter. A set event replaces the value, a said or settled one steps it by the rule's mode.
 * What a policy ignores stands again where no conversation says anything. ENGINE.md section 1. Under `merge` all values since
 * the last set event are one text, made by a model: `texts` are those that are known.
 */
export function fold(events: readonly TimelineEvent[], rule: FoldRule, texts: MergedTexts = () => undefined): Folded {
  const timeline = [...events].sort(inTime)
  // Where `keep` guards a value from before us, nothing said counts, so no edit is ignored for its sake either.
  const listens = timeline.some(isStep) && !(rule.existing === 'keep' && stoodBeforeUs(timeline))
  const { mode } = rule
  let held: Folded = { value: null, decidedBy: null }
  let stretch: StepEvent[] = []
  let closed = !listens
  for (const event of timeline) {
    if (isStep(event)) {
      if (closed) continue
      if (mode === 'merge') stretch.push(event)
      else held = stepped(held, event, mode)
    } else if (!(listens && isIgnored(event, rule))) {
      held = { value: event.value, decidedBy: event }
      stretch = []
      closed ||= event.kind === 'edited' && rule.humanEdits === 'final'
    }
  }
  const decidedBy = stretch.at(-1)
  return decidedBy ? { ...mergeStretch(held.value, stretch, rule, texts), decidedBy } : held
}

/** Among conversations: by the time of the last word, then by start, then by id. */
export function compareSpoken(
  a: Pick<StepEvent, 'at' | 'startedAt' | 'conversationId'>,
  b: Pick<StepEvent, 'at' | 'startedAt' | 'conversationId'>,
): number {
  return (
    compare(a.at, b.at) ||
    compare(a.startedAt, b.startedAt) ||
    (a.conversationId < b.conversationId ? -1 : a.conversationId > b.conversationId ? 1 : 0)
  )
}

function inTime(a: TimelineEvent, b: TimelineEvent): number {
  if (isStep(a) && isStep(b)) return compareSpoken(a, b)
  // At equal times what was said comes before what was set: the person who typed had heard it.
  return compare(a.at, b.at) || rank(a) - rank(b)
}

function rank(event: TimelineEvent): number {
  return { said: 0, settled: 0, base: 1, edited: 2 }[event.kind]
}

// Times may be -Infinity (an empty base of unknown age), so no subtraction.
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Whether an event is something a conversation says, not something somebody set. */
export function isStep(event: TimelineEvent): event is StepEvent {
  return event.kind === 'said' || event.kind === 'settled'
}

function isIgnored(event: SetEvent, rule: FoldRule): boolean {
  if (event.kind === 'base') return rule.existing === 'replace'
  if (event.by !== 'person' && rule.others === 'ignore') return true
  return rule.humanEdits === 'overwrite'
}

function stoodBeforeUs(timeline: readonly TimelineEvent[]): boolean {
  const base = timeline.findLast((event) => event.kind === 'base')
  return base !== undefined && !isEmpty(base.value)
}

function stepped(held: Folded, event: StepEvent, mode: Exclude<Mode, 'merge'>): Folded {
  const value = step(mode, held.value, event.value)
  return value === held.value && mode !== 'overwrite' ? held : { value, decidedBy: event }
}
