import type { FoldRule, SetEvent, StepEvent, TimelineEvent, Value } from '../../src/mapping/index.ts'

/**
 * What a cell holds, written from ENGINE.md section 1 alone and as naively as it can be said: the value at the end of a
 * timeline is its last event, applied to the value at the end of what stands before it. Nothing here is fast.
 */
export function modelOfFold(events: readonly TimelineEvent[], rule: FoldRule): Value {
  const timeline = inOrder(events)
  const sets = timeline.filter(isSet)
  // "An edit or base that a policy ignores stands again where no said value is left."
  if (sets.length === timeline.length) return sets.at(-1)?.value ?? null
  // "keep: never write where a value stood before us": whatever others left there last is what it holds.
  const before = sets.filter((event) => event.kind === 'base').at(-1)
  if (rule.existing === 'keep' && before && !isEmpty(before.value)) return sets.at(-1)?.value ?? null
  return atTheEndOf(
    timeline.filter((event) => !isSet(event) || standing(event, rule) !== 'ignored'),
    rule,
  )
}

/** Section 1: "at equal times said and settled come before base and edited; among said, by start, then id". */
function inOrder(events: readonly TimelineEvent[]): TimelineEvent[] {
  const [first, ...others] = events
  if (!first) return []
  return [
    ...inOrder(others.filter((other) => comesBefore(other, first))),
    first,
    ...inOrder(others.filter((other) => !comesBefore(other, first))),
  ]
}

function comesBefore(a: TimelineEvent, b: TimelineEvent): boolean {
  if (a.at !== b.at) return a.at < b.at
  if (isSet(a) || isSet(b)) return !isSet(a) || (isSet(b) && a.kind === 'base' && b.kind === 'edited')
  if (a.startedAt !== b.startedAt) return a.startedAt < b.startedAt
  return a.conversationId < b.conversationId
}

function atTheEndOf(timeline: TimelineEvent[], rule: FoldRule): Value {
  const last = timeline.at(-1)
  if (!last) return null
  if (isSet(last)) return last.value
  const before = timeline.slice(0, -1)
  const old = atTheEndOf(before, rule)
  const closed = before.some((event) => isSet(event) && standing(event, rule) === 'final')
  return closed ? old : stepped(old, last.value, rule.mode)
}

/** The policies, as a table: what a set event is worth where something was said. */
function standing(event: SetEvent, rule: FoldRule): 'sets' | 'final' | 'ignored' {
  if (event.kind === 'base') return rule.existing === 'replace' ? 'ignored' : 'sets'
  if (event.by !== 'person' && rule.others === 'ignore') return 'ignored'
  return ({ keep: 'sets', final: 'final', overwrite: 'ignored' } as const)[rule.humanEdits]
}

function stepped(old: Value, said: StepEvent['value'], mode: FoldRule['mode']): Value {
  switch (mode) {
    case 'overwrite':
      return said
    case 'fill_if_empty':
      return isEmpty(old) ? said : old
    case 'max':
      return isEmpty(old) || old === null || said > old ? said : old
    case 'min':
      return isEmpty(old) || old === null || said < old ? said : old
    case 'any':
      return old === true || said === true
    case 'union':
      return [...new Set([...listOf(old), ...listOf(said)])]
    case 'count':
      return said === false ? old : Number(old ?? 0) + 1
  }
}

function listOf(value: Value): string[] {
  if (Array.isArray(value)) return value
  return isEmpty(value) ? [] : [String(value)]
}

/** No value, no text, nothing ticked. 0 and false are values. */
function isEmpty(value: Value): boolean {
  return value === null || (typeof value === 'string' && value.trim() === '') || (Array.isArray(value) && !value.length)
}

function isSet(event: TimelineEvent): event is SetEvent {
  return event.kind === 'base' || event.kind === 'edited'
}
