import type { Value } from '../../../src/mapping/index.ts'
import type { Op, Program } from './language.ts'
import { modelOf } from './model.ts'

/** When pushes happen: after every operation, whenever time moves on, or only at the end. */
export type Pace = 'each' | 'minute' | 'end'

/** One operation with when it reaches us: the minute, and its place among those of the same minute. */
export type Step = { op: Op; minute: number; place: number; thenPush: boolean }

export function stepsOf(ops: readonly Op[], pace: Pace): Step[] {
  const steps: Step[] = []
  for (const op of ops) {
    const last = steps.at(-1)
    const minute = Math.max(last?.minute ?? 0, 'at' in op ? op.at : 0)
    if (last && pace === 'minute') last.thenPush = minute > last.minute
    steps.push({ op, minute, place: last?.minute === minute ? last.place + 1 : 0, thenPush: pace === 'each' })
  }
  return steps
}

/**
 * Whether every edit of these steps is one that a CRM tells of. ENGINE.md section 3, limits: "a person who sets a value and
 * back before we look is invisible"; and a value set where it stands already changes nothing, so no history has it.
 */
export function leavesTraces(program: Program, steps: readonly Step[]): boolean {
  const stands = new Map<string, Value>()
  const seen = new Map<string, Value>()
  const isThere = (field: string, value: Value, where: Map<string, Value>) =>
    JSON.stringify(where.get(field) ?? null) === JSON.stringify(value)
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
