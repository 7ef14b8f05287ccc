import type { Value } from '../../../src/mapping/index.ts'
import type { FieldRule, Program } from './language.ts'
import { modelOf } from './model.ts'
import type { Step } from './paces.ts'

/** Whether these steps stay within what ENGINE.md names as limits: beyond them cells may end otherwise, and that is no defect. */
export function isWithinLimits(program: Program, steps: readonly Step[]): boolean {
  return leavesTraces(program, steps) && !isContested(program, steps)
}

/**
 * Whether every edit of these steps is one that a CRM tells of. ENGINE.md section 3, limits: "a person who sets a value and
 * back before we look is invisible"; and a value set where it stands already changes nothing, so no history has it. `unset` is
 * what stands where nobody has set anything.
 */
export function leavesTraces(program: Program, steps: readonly Step[], unset: Value = null): boolean {
  const stands = new Map<string, Value>()
  const seen = new Map<string, Value>()
  const isThere = (field: string, value: Value, where: Map<string, Value>) =>
    JSON.stringify(where.get(field) ?? unset) === JSON.stringify(value)
  for (const { set } of program.before) {
    for (const [field, value] of Object.entries(set)) {
      if (isThere(field, value, stands)) return false
      stands.set(field, value)
    }
  }
  for (const [index, { op, thenPush }] of steps.entries()) {
    if (op.op === 'edit') {
      for (const [field, value] of Object.entries(op.set)) {
        if (isThere(field, value, stands) || (seen.has(field) && isThere(field, value, seen))) return false
        stands.set(field, value)
      }
    }
    if (!thenPush) continue
    const past = steps.slice(0, index + 1).map((step) => step.op)
    for (const [field, value] of Object.entries(modelOf(program, past))) {
      stands.set(field, value)
      seen.set(field, value)
    }
  }
  return true
}

/**
 * Section 3, decisions: a value is left alone as `contested` once it was "set back three times by something that is no
 * person": by edits that a rule ignores.
 */
function isContested(program: Program, steps: readonly Step[]): boolean {
  return Object.entries(program.fields).some(([field, rule]) => {
    const newRules = steps.flatMap(({ op }) => (op.op === 'rules' ? (op.rules[field] ?? []) : []))
    const setBacks = steps.filter(({ op }) => op.op === 'edit' && op.by !== 'person' && field in op.set)
    return setBacks.length >= 3 && [rule, ...newRules].some(ignoresMachines)
  })
}

function ignoresMachines({ others, human_edits }: FieldRule): boolean {
  return others === 'ignore' || human_edits === 'overwrite'
}
