import { type Crm, type CrmField, fieldPrint, type Wire } from '../crm/index.ts'
import {
  compareSpoken,
  cutText,
  type Folded,
  type FoldRule,
  fold,
  isStep,
  type StepEvent,
  type Value,
} from '../mapping/index.ts'
import { type Action, actOn } from './decide.ts'
import { lookUp, nothingKnown } from './merge/resolve-merges.ts'
import type { KnownMerges } from './merge/types.ts'
import type { Classified, Spelling } from './timeline/classify.ts'
import type { RecordFacts } from './timeline/load-facts.ts'
import type { CellState } from './timeline/types.ts'
import type { Take } from './timeline/voice-of.ts'
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
export const nothingReleased: FoldRule = { mode: 'overwrite', existing: 'dated', humanEdits: 'keep', others: 'respect' }

/**
 * Folds one cell and says what a push would do with it. A cell that lacks a merged text is held. A stamp follows the field it
 * belongs to: `planned` answers that one's plan. Pure.
 */
export function planCell(
  scope: CellScope,
  classified: Classified,
  planned: (field: string) => PlannedCell | undefined,
  merges = nothingKnown(),
): PlannedCell {
  const { crm, field, facts } = scope
  const voices = voicesOf(field.name, facts, takeFor(scope))
  const followed = voices?.stamp ? planned(voices.stamp.of) : undefined
  const said = saidBy(voices, (of) => planned(of)?.folded)
  const stored = facts.events.filter((event) => event.field === field.name)
  const folded = fold([...stored, ...classified.events, ...said], voices?.rule ?? nothingReleased, lookUp(merges))
  const rule = voices?.rule.hash ?? facts.cells[field.name]?.rule ?? ''
  const rules = voices?.rules ?? (rule === '' ? [] : [facts.ruleByHash(rule)])
  // Newer than what was read where the history was.
  const before = classified.state.seen
  const refused = refusedOf(voices)
  const cell = { field: field.name, before, folded, rule, voices, refused }
  if (folded.needs) return { ...cell, act: heldFor(folded.needs.hash, before, merges), classified }
  const wanted = crm.encode(field, fitted(folded, field))
  const { same } = spellingOf(scope)
  const state = contending(classified.state, wanted, same)
  const decided = actOn({
    folded,
    wanted,
    current: before,
    state,
    rule,
    print: () => fieldPrint(field),
    anythingSaid: said.length > 0,
    mayWrite: rules.every(({ mapping }) => scope.mayWrite(mapping)),
    same,
  })
  const act = voices?.stamp ? following(followed, decided, before) : decided
  return { ...cell, act, classified: { ...classified, state } }
}

function heldFor(hash: string, current: Wire, { held }: KnownMerges): Action {
  const { why, retryMs } = held.get(hash) ?? { why: 'a model merges its text when it is pushed', retryMs: 0 }
  return { action: 'held', after: current, why, retryMs }
}

/** What models write may be longer than the field: it is cut rather than refused, as what is said never is. */
function fitted({ value, merges = [] }: Folded, { maxLength }: CrmField): Value {
  return typeof value === 'string' && maxLength !== null && merges.length > 0 ? cutText(value, maxLength) : value
}

/** A stamp is written with its field or not at all: where that one cannot be, it would tell of another value. */
function following(followed: PlannedCell | undefined, decided: Action, current: Wire): Action {
  if (followed === undefined) return { action: 'equal', after: current }
  const { field, act } = followed
  const isSettled = act.action === 'write' || act.action === 'retract' || act.action === 'equal'
  return isSettled ? decided : { ...act, after: current, why: `as ${field}` }
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

/**
 * The steps of a timeline: what those who speak for a cell say. A no is nothing to count, so it lets stand what stood; in a
 * stamp only the conversation speaks that decides its field, as `foldedOf` tells.
 */
export function saidBy(voices: Voices | null, foldedOf: (field: string) => Folded | undefined): StepEvent[] {
  if (voices === null) return []
  const { rule, stamp } = voices
  const said = voices.voices.flatMap(({ linked: { at, startedAt, conversationId }, says }): StepEvent[] => {
    return says.says === 'value' ? [{ kind: 'said', at, startedAt, conversationId, value: says.value }] : []
  })
  const steps = [...said, ...voices.settled].filter((step) => !(rule.mode === 'count' && step.value === false))
  if (stamp === null) return steps
  const decider = foldedOf(stamp.of)?.decidedBy
  // What is settled has no id any more: its time and place among the others is what it is known by.
  return decider && isStep(decider) ? steps.filter((step) => compareSpoken(step, decider) === 0) : []
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
