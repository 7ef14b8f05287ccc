import { type Answers, answersOf, type Edit, type Op } from './language.ts'
import type { Performance } from './play.ts'

/** The performance as these fields see it: nothing in it names another one. */
export function narrow({ program, order }: Performance, names: readonly string[]): Performance {
  const { fields, before, ops } = program
  return {
    program: {
      ...program,
      fields: only(fields, names),
      before: before.map((edit) => narrowEdit(edit, names)),
      ops: ops.flatMap((op) => narrowOp(op, names)),
    },
    order: order.flatMap((op) => narrowOp(op, names)),
  }
}

function narrowOp(op: Op, names: readonly string[]): Op | Op[] {
  switch (op.op) {
    case 'edit':
      return narrowEdit(op, names)
    case 'conversation':
      return op.answers ? { ...op, answers: narrowAnswers(op.answers, names) } : op
    case 'rerun': {
      const answers = Object.entries(answersOf(op)).map(([name, each]) => [name, narrowAnswers(each, names)])
      return { ...op, answers: Object.fromEntries(answers) }
    }
    case 'preview':
    case 'keep':
      return { ...op, answers: narrowAnswers(op.answers, names) }
    case 'correction':
      return names.includes(op.field) ? op : []
    case 'rules':
      return { ...op, rules: only(op.rules, names) }
    case 'undo':
    case 'delete':
    case 'settle':
      return op
  }
}

function narrowEdit(edit: Edit, names: readonly string[]): Edit {
  return { ...edit, set: only(edit.set, names) }
}

function narrowAnswers(answers: Answers, names: readonly string[]): Answers {
  return answers === 'failed' ? answers : only(answers, names)
}

function only<T>(named: Record<string, T>, names: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(named).filter(([name]) => names.includes(name)))
}
