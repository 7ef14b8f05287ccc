import type { Value } from '../../../src/mapping/index.ts'
import { type Answers, kindOf, type Op, type Program } from './language.ts'
import { leavesTraces } from './limits.ts'
import { type Pace, stepsOf } from './paces.ts'
import type { Performance } from './play.ts'

/**
 * A program as Salesforce tells it. An import bears the name of who started it, so it reads as a person's; a checkbox knows no
 * empty, so a person who clears it says no.
 */
export function toldBySalesforce({ fields, before, ops }: Program): Program {
  const clears = (field: string, value: Value) => (value === null && isCheckbox(fields, field) ? false : value)
  const told = <T extends Op>(op: T): T => {
    if (op.op !== 'edit') return op
    const set = Object.fromEntries(Object.entries(op.set).map(([field, value]) => [field, clears(field, value)]))
    return { ...op, by: op.by === 'import' ? 'person' : op.by, set }
  }
  return { fields, before: before.map(told), ops: ops.map(told) }
}

/**
 * The performance without the fields of which Salesforce cannot tell it (crm.md 4.9): a no where no yes stood leaves no trace, and
 * of a multi-select's changes only the newest has a value.
 */
export function tellableBySalesforce({ program, order }: Performance, pace: Pace): Performance {
  const isTold = (field: string) => {
    const alone = restricted({ program, order }, (name) => name === field)
    const edits = [...program.before, ...order].filter((op) => op.op === 'edit' && field in op.set)
    if (isCheckbox(program.fields, field)) return leavesTraces(alone.program, stepsOf(alone.order, pace), false)
    return program.fields[field]?.mode !== 'union' || edits.length <= 1
  }
  const fields = new Set(Object.keys(program.fields).filter(isTold))
  return restricted({ program, order }, (field) => fields.has(field))
}

function restricted({ program, order }: Performance, isWanted: (field: string) => boolean): Performance {
  const pick = <T>(named: Record<string, T>): Record<string, T> =>
    Object.fromEntries(Object.entries(named).filter(([field]) => isWanted(field)))
  const pickAnswers = (answers: Answers): Answers => (answers === 'failed' ? answers : pick(answers))
  const of = <T extends Op>(op: T): T => {
    if (op.op === 'edit') return { ...op, set: pick(op.set) }
    if (op.op === 'rules') return { ...op, rules: pick(op.rules) }
    if (op.op === 'conversation') return { ...op, ...(op.answers && { answers: pickAnswers(op.answers) }) }
    if (op.op !== 'rerun') return op
    const answers = Object.entries(op.answers).map(([name, found]) => [name, pickAnswers(found)])
    return { ...op, answers: Object.fromEntries(answers) }
  }
  const ops = new Map(program.ops.map((op) => [op, of(op)]))
  return {
    program: { fields: pick(program.fields), before: program.before.map(of), ops: [...ops.values()] },
    order: order.flatMap((op) => ops.get(op) ?? []),
  }
}

function isCheckbox(fields: Program['fields'], field: string): boolean {
  const rule = fields[field]
  return rule !== undefined && kindOf(rule.mode) === 'bool'
}
