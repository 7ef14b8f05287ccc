import type { Value } from '../../../src/mapping/index.ts'
import { type FieldRule, isByPerson, type Program, tellsValues, unsetOf } from './language.ts'
import { modelOf } from './model.ts'
import type { Step } from './paces.ts'

/** The fields that these steps keep within what ENGINE.md names as limits: beyond them a cell may end otherwise, and that is no defect. */
export function fieldsWithinLimits(program: Program, steps: readonly Step[]): string[] {
  if (comesInBesideSettled(steps)) return []
  const untraced = fieldsWithoutTrace(program, steps)
  return Object.entries(program.fields).flatMap(([field, rule]) =>
    untraced.has(field) || isContested(program, steps, field, rule) || isMergedTooLate(steps, rule) ? [] : [field],
  )
}

/**
 * Of a settled conversation no more of the id is kept than orders it among those of the very same times that are there; one
 * that comes in later counts as later.
 */
function comesInBesideSettled(steps: readonly Step[]): boolean {
  const conversations = steps.flatMap(({ op }, index) => (op.op === 'conversation' ? [{ ...op, index }] : []))
  return steps.some(({ op }, index) => {
    const settled = op.op === 'settle' ? conversations.filter(({ name }) => op.names.includes(name)) : []
    return settled.some(({ at, startedAt }) =>
      conversations.some((each) => each.index > index && each.at === at && each.startedAt === startedAt),
    )
  })
}

/**
 * Retention takes no conversation that is on its way to a CRM; a program may, where its push has failed or comes at the end. Then no
 * run is left that a merged text could be charged to, and the cell stays held.
 */
function isMergedTooLate(steps: readonly Step[], rule: FieldRule): boolean {
  return rule.mode === 'merge' && steps.some(({ op }) => op.op === 'settle')
}

/**
 * The fields with an edit that the CRM does not tell of. ENGINE.md section 3, limits: "a person who sets a value and
 * back before we look is invisible"; and a value set where it stands already changes nothing, so no history has it. Where a
 * history keeps no values, only what stands when we look is known: of several edits until then the last.
 */
function fieldsWithoutTrace(program: Program, steps: readonly Step[]): Set<string> {
  const untraced = new Set<string>()
  const stands = new Map<string, Value>()
  const seen = new Map<string, Value>()
  const unseen = new Set<string>()
  const unset = (field: string) => unsetOf(program, program.fields[field]?.mode)
  const isThere = (field: string, value: Value, where: Map<string, Value>) =>
    JSON.stringify(where.get(field) ?? unset(field)) === JSON.stringify(value)
  for (const { set } of program.before) {
    for (const [field, given] of Object.entries(set)) {
      const value = given ?? unset(field)
      if (isThere(field, value, stands)) untraced.add(field)
      stands.set(field, value)
      // Of what others set before us only the last can count.
      unseen.add(field)
    }
  }
  for (const [index, { op, thenPush }] of steps.entries()) {
    if (op.op === 'edit') {
      for (const [field, given] of Object.entries(op.set)) {
        const value = given ?? unset(field)
        if (isThere(field, value, stands) || (seen.has(field) && isThere(field, value, seen))) untraced.add(field)
        if (unseen.has(field) && !tellsValues(program, program.fields[field]?.mode)) untraced.add(field)
        stands.set(field, value)
        unseen.add(field)
      }
    }
    if (!thenPush) continue
    const past = steps.slice(0, index + 1).map((step) => step.op)
    for (const [field, value] of Object.entries(modelOf(program, past))) {
      stands.set(field, value)
      seen.set(field, value)
    }
    unseen.clear()
  }
  return untraced
}

/**
 * Section 3, decisions: a value is left alone as `contested` once it was "set back three times by something that is no
 * person": by edits that a rule ignores.
 */
function isContested(program: Program, steps: readonly Step[], field: string, rule: FieldRule): boolean {
  const newRules = steps.flatMap(({ op }) => (op.op === 'rules' ? (op.rules[field] ?? []) : []))
  const setBacks = steps.filter(({ op }) => op.op === 'edit' && !isByPerson(program, op.by) && field in op.set)
  return setBacks.length >= 3 && [rule, ...newRules].some(ignoresMachines)
}

function ignoresMachines({ others, human_edits }: FieldRule): boolean {
  return others === 'ignore' || human_edits === 'overwrite'
}
