import type { HolderKind } from '../../support/accounts/account.ts'
import { base, cleared, deletion, newer, older, type Policies, rerun, rules, settling, typed, undo } from './facts.ts'
import { defaults, type Edit, modes, type Op, type Program } from './language.ts'

/** Facts around one record whose fields have one mode each, and the policies under which they are told. */
export type Situation = { name: string; policies: Policies[]; before: Edit[]; ops: Op[] }

const existing = (['dated', 'keep', 'replace'] as const).map((existing) => ({ ...defaults, existing }))
const humanEdits = (['keep', 'final', 'overwrite'] as const).map((human_edits) => ({ ...defaults, human_edits }))
const others = humanEdits.flatMap((policy) => [policy, { ...policy, others: 'ignore' as const }])
const existingAndEdits = existing.flatMap((policy) => humanEdits.map(({ human_edits }) => ({ ...policy, human_edits })))
const retract = (['allow', 'never'] as const).map((retract) => ({ ...defaults, retract }))

/** ENGINE.md section 6, scenario 7: base, edit, cleared edit, undo, late older conversation, and what goes together with them. */
export const situations: Situation[] = [
  { name: 'only conversations', policies: [defaults], before: [], ops: [older(10), newer(30)] },
  { name: 'a value from before us', policies: existing, before: [base(-20)], ops: [older(-30), newer(10)] },
  {
    name: 'a value from before us that was emptied',
    policies: existing,
    before: [base(-20), cleared(-10)],
    ops: [older(-15), newer(10)],
  },
  { name: "a person's edit", policies: humanEdits, before: [], ops: [older(10), typed(20), newer(30)] },
  { name: "a workflow's edit", policies: others, before: [], ops: [older(10), typed(20, 'workflow'), newer(30)] },
  { name: "another app's edit", policies: others, before: [], ops: [older(10), typed(20, 'app'), newer(15)] },
  { name: 'an edit by import', policies: others, before: [], ops: [older(10), typed(20, 'import'), newer(30)] },
  {
    name: 'a field that a person cleared',
    policies: existingAndEdits,
    before: [base(-20)],
    ops: [older(10), cleared(20), newer(30)],
  },
  {
    name: 'a field that a workflow cleared',
    policies: others,
    before: [base(-20)],
    ops: [older(10), cleared(20, 'workflow'), newer(15)],
  },
  {
    name: 'an edit at the very moment of the last words',
    policies: humanEdits,
    before: [],
    ops: [typed(20), older(20), { ...newer(20), startedAt: 18 }],
  },
  { name: 'an undo', policies: [defaults], before: [base(-20)], ops: [older(10), newer(30), undo('newer')] },
  {
    name: 'an undo of what was released first',
    policies: [defaults],
    before: [base(-20)],
    ops: [older(10), newer(30), undo('older')],
  },
  {
    name: 'an undo that was undone',
    policies: [defaults],
    before: [base(-20)],
    ops: [older(10), newer(30), undo('newer'), undo('undo of newer')],
  },
  {
    name: 'an undo that was undone, and that again',
    policies: [defaults],
    before: [base(-20)],
    ops: [older(10), newer(30), undo('newer'), undo('undo of newer'), undo('undo of undo of newer')],
  },
  {
    name: 'an edit and an undo',
    policies: existingAndEdits,
    before: [base(-20)],
    ops: [older(10), typed(20), newer(15), undo('newer')],
  },
  {
    name: 'a cleared edit and an undo of all that was said',
    policies: humanEdits,
    before: [base(-20)],
    ops: [older(10), cleared(20), undo('older')],
  },
  {
    name: 'a rerun that finds nothing',
    policies: retract,
    before: [base(-20)],
    ops: [older(10), newer(30), rerun('newer', 'not_mentioned')],
  },
  {
    name: 'a rerun that finds nothing and was undone',
    policies: retract,
    before: [],
    ops: [older(10), newer(30), rerun('newer', 'declined'), undo('rerun of newer')],
  },
  {
    name: 'a rerun that fails',
    policies: [defaults],
    before: [],
    ops: [older(10), typed(20), newer(30), rerun('newer', 'failed')],
  },
  {
    name: 'what a person cleared and a workflow filled again',
    policies: others,
    before: [base(-20)],
    ops: [older(10), cleared(20), typed(25, 'workflow')],
  },
  {
    name: 'a rerun that finds a no where a yes was',
    policies: existing,
    before: [base(-20)],
    ops: [older(10), rerun('older', 'no')],
  },
  {
    name: 'an older conversation from before the rules',
    policies: [defaults],
    before: [base(-20)],
    ops: [rules(null), older(10), rules(defaults), newer(30)],
  },
  {
    name: 'an older conversation from before the rules, brought in and taken out again',
    policies: [defaults],
    before: [],
    ops: [rules(null), older(10), rules(defaults), newer(30), rerun('older', 'another'), undo('rerun of older')],
  },
  {
    name: 'rules that were changed',
    policies: [defaults],
    before: [base(-20)],
    ops: [older(10), typed(20), rules({ ...defaults, existing: 'replace', human_edits: 'overwrite' }), newer(15)],
  },
  {
    name: 'rules that were changed, and an undo of what they decided',
    policies: [defaults],
    before: [base(-20)],
    ops: [older(10), typed(20), rules({ ...defaults, human_edits: 'overwrite' }), newer(15), undo('newer')],
  },
  {
    name: 'rules that were removed, and an undo',
    policies: [defaults],
    before: [base(-20)],
    ops: [older(10), newer(30), rules(null), undo('newer')],
  },
  {
    name: 'a deletion',
    policies: [defaults],
    before: [base(-20)],
    ops: [older(10), newer(30), deletion('newer')],
  },
  {
    name: 'a deletion of all that was said, around an edit',
    policies: humanEdits,
    before: [base(-20)],
    ops: [older(10), typed(20), deletion('older')],
  },
  {
    name: 'a deletion that was undone',
    policies: [defaults],
    before: [base(-20)],
    ops: [older(10), newer(30), deletion('newer'), undo('deletion of newer')],
  },
  {
    name: 'a deletion of what was released first',
    policies: [defaults],
    before: [],
    ops: [older(10), newer(30), deletion('older'), undo('newer')],
  },
  {
    name: 'a settled conversation, and the next',
    policies: existing,
    before: [base(-20)],
    ops: [older(10), typed(20), settling('older'), newer(30)],
  },
  {
    name: 'two settled conversations, and an undo of what named the later',
    policies: [defaults],
    before: [base(-20)],
    ops: [older(10), newer(30), settling('older', 'newer'), undo('newer')],
  },
  {
    name: 'two settled conversations, and an undo of all that named them',
    policies: [defaults],
    before: [base(-20)],
    ops: [older(10), newer(30), settling('older', 'newer'), undo('newer'), undo('older')],
  },
  {
    name: 'a conversation settled with what its rerun found, at the very moment of an edit',
    policies: humanEdits,
    before: [],
    ops: [typed(20), older(20), rerun('older', 'another'), settling('older'), { ...newer(20), startedAt: 18 }],
  },
  {
    name: 'a settled conversation under rules that were changed since',
    policies: [defaults],
    before: [base(-20)],
    ops: [older(10), settling('older'), rules({ ...defaults, existing: 'replace' }), newer(30)],
  },
  {
    name: 'a settled conversation that said nothing, before one that no run named',
    policies: [defaults],
    before: [],
    ops: [{ ...older(10), answers: {} }, newer(30), rerun('older', 'not_mentioned'), settling('older'), undo('newer')],
  },
  {
    name: 'a rerun that finds another value',
    policies: [defaults],
    before: [],
    ops: [{ ...older(10), answers: {} }, newer(30), rerun('older', 'another'), undo('newer')],
  },
]

/** The situation as a program: one field per mode, all under the same policies. */
export function programOf(crm: HolderKind, { before, ops }: Situation, policies: Policies): Program {
  return { crm, fields: Object.fromEntries(modes.map((mode) => [mode, { mode, ...policies }])), before, ops }
}
