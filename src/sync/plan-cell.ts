import type { Crm, CrmField, Wire } from '../crm/index.ts'
import { type Folded, type FoldRule, fold, type StepEvent } from '../mapping/index.ts'
import { type Action, actOn } from './decide.ts'
import type { Classified, Spelling } from './timeline/classify.ts'
import type { RecordFacts } from './timeline/load-facts.ts'
import { type Voices, voicesOf } from './timeline/voices.ts'

/** One cell among what is known of its record. */
export type CellScope = {
  crm: Crm
  field: CrmField
  facts: RecordFacts
  mayWrite: (mapping: string) => boolean
}

export type PlannedCell = {
  field: string
  before: Wire
  act: Action
  folded: Folded
  /** The rule version that decides; the last one that did where nothing is released any more. */
  rule: string
  voices: Voices | null
  /** What a conversation says but the field does not take, and why. */
  refused: Map<string, string>
  classified: Classified
}

/** Without a released rule only what others set is left, and that stands under any policy. */
const nothingReleased: FoldRule = { mode: 'overwrite', existing: 'dated', humanEdits: 'keep', others: 'respect' }

/** Folds one cell and says what a push would do with it. Pure. */
export function planCell(scope: CellScope, current: Wire, classified: Classified): PlannedCell {
  const { crm, field, facts } = scope
  const voices = voicesOf(field.name, facts)
  const refused = new Map<string, string>()
  const said = (voices?.voices ?? []).flatMap(({ linked, says }): StepEvent[] => {
    if (says.says !== 'value') return []
    const { at, startedAt, conversationId } = linked
    // What is counted need not be what the field takes: only the sum is written.
    if (voices?.rule.mode === 'count') return [{ kind: 'said', at, startedAt, conversationId, value: says.value }]
    const wire = crm.encode(field, says.value)
    if ('refused' in wire) refused.set(conversationId, wire.refused)
    // Folded as the field takes it, so that `max` compares numbers and `union` options.
    const value = 'refused' in wire ? null : crm.decode(field, wire.wire)
    return value === null ? [] : [{ kind: 'said', at, startedAt, conversationId, value }]
  })
  const stored = facts.events.filter((event) => event.field === field.name)
  const folded = fold([...stored, ...classified.events, ...said], voices?.rule ?? nothingReleased)
  const rule = voices?.rule.hash ?? facts.cells[field.name]?.rule ?? ''
  const mapping = voices?.rule.mapping ?? (rule === '' ? undefined : facts.ruleByHash(rule).mapping)
  const act = actOn({
    folded,
    wanted: crm.encode(field, folded.value),
    current,
    state: classified.state,
    rule,
    anythingSaid: said.length > 0,
    mayWrite: mapping === undefined || scope.mayWrite(mapping),
    same: spellingOf(scope).same,
  })
  return { field: field.name, before: current, act, folded, rule, voices, refused, classified }
}

/** How the CRM compares and types values of the cell's field. */
export function spellingOf({ crm, field }: Pick<CellScope, 'crm' | 'field'>): Spelling {
  return {
    same: (a, b) => crm.same(field, a, b),
    decode: (wire) => crm.decode(field, wire),
  }
}
