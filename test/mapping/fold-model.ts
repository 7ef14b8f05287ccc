import type { FoldRule, Mode, SetEvent, StepEvent, TimelineEvent, Value } from '../../src/mapping/index.ts'
import { legibly, type Writer } from './merging.ts'

/**
 * What a cell holds, written from ENGINE.md section 1 alone and as naively as it can be said: the value at the end of a
 * timeline is its last event, applied to the value at the end of what stands before it. Nothing here is fast. Of `merge` it
 * knows section 4, and what the writer makes of texts.
 */
export function modelOfFold(events: readonly TimelineEvent[], rule: FoldRule, write: Writer = legibly): Value {
  const timeline = inOrder(events)
  const sets = timeline.filter(isSet)
  // "An edit or base that a policy ignores stands again where no said value is left."
  if (sets.length === timeline.length) return sets.at(-1)?.value ?? null
  // "keep: never write where a value stood before us": whatever others left there last is what it holds.
  const before = sets.filter((event) => event.kind === 'base').at(-1)
  if (rule.existing === 'keep' && before && !isEmpty(before.value)) return sets.at(-1)?.value ?? null
  const counting = timeline.filter((event) => !isSet(event) || standing(event, rule) !== 'ignored')
  return rule.mode === 'merge' ? mergedAtTheEndOf(counting, rule, write) : atTheEndOf(counting, rule, rule.mode)
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

function atTheEndOf(timeline: TimelineEvent[], rule: FoldRule, mode: StepMode): Value {
  const last = timeline.at(-1)
  if (!last) return null
  if (isSet(last)) return last.value
  const before = timeline.slice(0, -1)
  const old = atTheEndOf(before, rule, mode)
  return isClosed(before, rule) ? old : stepped(old, last.value, mode)
}

function isClosed(before: TimelineEvent[], rule: FoldRule): boolean {
  return before.some((event) => isSet(event) && standing(event, rule) === 'final')
}

/** Section 4: "One merge covers one stretch: all values since the last set event, in order, on top of what was set." */
function mergedAtTheEndOf(timeline: TimelineEvent[], rule: FoldRule, write: Writer): Value {
  const lastSet = timeline.findLastIndex(isSet)
  const set = timeline[lastSet]?.value ?? null
  const stretch = isClosed(timeline, rule) ? [] : timeline.slice(lastSet + 1)
  const merged = onTopOf(
    set,
    stretch.flatMap(({ value }) => value ?? []),
    write,
  )
  const { maxLength } = rule
  return maxLength && stretch.length > 0 && String(merged).length > maxLength ? cut(String(merged), maxLength) : merged
}

/** "Above 50 values or 24,000 characters the oldest in aligned blocks": the oldest that fit into one, then the others on top. */
function onTopOf(set: Value, values: Value[], write: Writer): Value {
  if (values.length === 0) return set
  const fits = values.findIndex(
    (_, index) => index === 50 || (index > 0 && charactersOf(values.slice(0, index + 1)) > 24_000),
  )
  const block = fits === -1 ? values : values.slice(0, fits)
  const rest = fits === -1 ? [] : values.slice(fits)
  const texts = [...(isEmpty(set) ? [] : [set]), ...block]
  // "A single value on an empty field is taken verbatim, without a call."
  return onTopOf(texts.length === 1 ? (texts[0] ?? null) : write(texts.map(String)), rest, write)
}

function charactersOf(values: Value[]): number {
  return values.map(String).join('').length
}

function cut(text: string, length: number): string {
  return `${text.slice(0, length - 1).trimEnd()}…`
}

type StepMode = Exclude<Mode, 'merge'>

/** The policies, as a table: what a set event is worth where something was said. */
function standing(event: SetEvent, rule: FoldRule): 'sets' | 'final' | 'ignored' {
  if (event.kind === 'base') return rule.existing === 'replace' ? 'ignored' : 'sets'
  if (event.by !== 'person' && rule.others === 'ignore') return 'ignored'
  return ({ keep: 'sets', final: 'final', overwrite: 'ignored' } as const)[rule.humanEdits]
}

function stepped(old: Value, said: StepEvent['value'], mode: StepMode): Value {
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
