import type { Crm, CrmField, Wire } from '../crm/index.ts'
import { type Folded, type FoldRule, fold, type StepEvent } from '../mapping/index.ts'
import { type Action, actOn } from './decide.ts'
import type { Classified, Spelling } from './timeline/classify.ts'
import type { RecordFacts } from './timeline/load-facts.ts'
import type { CellState } from './timeline/types.ts'
import { type Take, type Voices, voicesOf } from './timeline/voices.ts'

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
export const nothingReleased: FoldRule = { mode: 'overwrite', existing: 'dated', humanEdits: 'keep', others: 'respect' }

/** Folds one cell and says what a push would do with it. Pure. */
export function planCell(scope: CellScope, classified: Classified): PlannedCell {
  const { crm, field, facts } = scope
  const voices = voicesOf(field.name, facts, takeFor(scope))
  const said = saidBy(voices)
  const stored = facts.events.filter((event) => event.field === field.name)
  const folded = fold([...stored, ...classified.events, ...said], voices?.rule ?? nothingReleased)
  const rule = voices?.rule.hash ?? facts.cells[field.name]?.rule ?? ''
  const mapping = voices?.rule.mapping ?? (rule === '' ? undefined : facts.ruleByHash(rule).mapping)
  // Newer than what was read where the history was.
  const before = classified.state.seen
  const wanted = crm.encode(field, folded.value)
  const { same } = spellingOf(scope)
  const state = contending(classified.state, wanted, same)
  const act = actOn({
    folded,
    wanted,
    current: before,
    state,
    rule,
    anythingSaid: said.length > 0,
    mayWrite: mapping === undefined || scope.mayWrite(mapping),
    same,
  })
  const refused = refusedOf(voices)
  return { field: field.name, before, act, folded, rule, voices, refused, classified: { ...classified, state } }
}

/** A cell that is to hold another value than the one set back has no quarrel any more. */
function contending(state: CellState, wanted: ReturnType<Crm['encode']>, same: Spelling['same']): CellState {
  const { setBack, ...settled } = state
  return setBack && 'wire' in wanted && same(wanted.wire, setBack.wire) ? state : settled
}

/** Values as the field takes them, so that `max` compares numbers and `union` options. */
export function takeFor({ crm, field }: Pick<CellScope, 'crm' | 'field'>): Take {
  return (value, rule) => {
    // What is counted need not be what the field takes: only the sum is written.
    if (rule.mode === 'count') return { value }
    const encoded = crm.encode(field, value)
    return 'refused' in encoded ? encoded : { value: crm.decode(field, encoded.wire) }
  }
}

/** The steps of a timeline: what those who speak for a cell say. A no is nothing to count, so it lets stand what stood. */
export function saidBy(voices: Voices | null): StepEvent[] {
  const isCounted = voices?.rule.mode === 'count'
  const said = (voices?.voices ?? []).flatMap(({ linked: { at, startedAt, conversationId }, says }): StepEvent[] => {
    return says.says === 'value' ? [{ kind: 'said', at, startedAt, conversationId, value: says.value }] : []
  })
  return [...said, ...(voices?.settled ?? [])].filter((event) => !(isCounted && event.value === false))
}

function refusedOf(voices: Voices | null): Map<string, string> {
  const entries = (voices?.voices ?? []).flatMap(({ linked, refused }): [string, string][] =>
    refused === undefined ? [] : [[linked.conversationId, refused]],
  )
  return new Map(entries)
}

/** How the CRM compares and types values of the cell's field. */
export function spellingOf({ crm, field }: Pick<CellScope, 'crm' | 'field'>): Spelling {
  return {
    same: (a, b) => crm.same(field, a, b),
    decode: (wire) => crm.decode(field, wire),
  }
}
