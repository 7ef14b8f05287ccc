import type { Wire } from '../crm/index.ts'
import type { Says } from '../mapping/index.ts'

/**
 * What a contribution stores per CRM field: what was said, under which version of the rule, and, where several rules feed
 * the field, under which versions of the others (`beside`).
 */
export type Vals = Record<string, Says & { rule: string; beside?: string[] }>

/** Decisions in the order in which they apply; the first that fits is the decision. ENGINE.md section 3. */
export const decisionKinds = [
  'no_record',
  'ambiguous',
  'moved',
  'observed',
  'rejected',
  'contested',
  'held',
  'write',
  'retract',
  'kept_edit',
  'kept_existing',
  'filled_earlier',
  'superseded',
  'equal',
  'not_translated',
  'nothing_said',
  'silent',
] as const

export type DecisionKind = (typeof decisionKinds)[number]

/** What was decided for one cell, seen from one contribution, with the event that decided. */
export type Decision = {
  decision: DecisionKind
  /** The deciding conversation, or when and by whom the deciding value was set. */
  by?: string
  why?: string
  /** Of what the CRM refused: its word for that kind of refusal, which quotes no value as `why` may. */
  code?: string
  rule: string
  /** Of a cell that has moved: what the plan saw there, and what it would have made of it. */
  planned?: { before: Wire; after: Wire }
}
