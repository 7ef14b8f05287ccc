import { step } from './step.ts'
import type { FoldRule, SetEvent, StepEvent, TimelineEvent, Value } from './types.ts'
import { isEmpty } from './values.ts'

export type Folded = {
  value: Value
  /** The event the value comes from; null where nothing ever stood or was said. */
  decidedBy: TimelineEvent | null
}

/**
 * What a cell should hold after its timeline, under one version of its rule. Pure: no clock, no network, no database;
 * the order of `events` does not matter. A set event replaces the value, a said or settled one steps it by the rule's mode.
 * What a policy ignores stands again where no conversation says anything. ENGINE.md section 1.
 */
export function fold(events: readonly TimelineEvent[], rule: FoldRule): Folded {
  const timeline = [...events].sort(inTime)
  // Where `keep` guards a value from before us, nothing said counts, so no edit is ignored for its sake either.
  const listens = timeline.some(isStep) && !(rule.existing === 'keep' && stoodBeforeUs(timeline))
  let held: Folded = { value: null, decidedBy: null }
  let closed = !listens
  for (const event of timeline) {
    if (isStep(event)) {
      if (!closed) held = stepped(held, event, rule)
    } else if (!(listens && isIgnored(event, rule))) {
      held = { value: event.value, decidedBy: event }
      closed ||= event.kind === 'edited' && rule.humanEdits === 'final'
    }
  }
  return held
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

function stepped(held: Folded, event: StepEvent, rule: FoldRule): Folded {
  const value = step(rule.mode, held.value, event.value)
  return value === held.value && rule.mode !== 'overwrite' ? held : { value, decidedBy: event }
}
