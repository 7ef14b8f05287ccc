import { answersOf, namedBy, type Op, type Undo } from './language.ts'

/**
 * The orders in which the same facts can reach us. What changes what a fact means stays in place: a conversation comes before
 * its analyses, those of one conversation keep their order (the newest run is in force) and so do its corrections, which are
 * about what some analysis was asked for; a keep follows its preview, an undo what it takes back, and what is settled stays as
 * it was then. And what happens at its own time does not come late to the CRM: a call cannot reach us before an edit that was made while nobody had said its last word yet.
 */
function mustFollow(later: Op, earlier: Op, ops: readonly Op[]): boolean {
  const pair = [later, earlier]
  if (pair.every(({ op }) => op !== 'edit') && pair.some(({ op }) => op === 'settle')) return true
  if (earlier.op === 'edit') return later.op === 'edit' || (later.op === 'conversation' && earlier.at <= later.at)
  if (later.op === 'edit') return false
  if (earlier.op === 'conversation' && namedBy(later).includes(earlier.name)) return true
  if (later.op === 'keep' && earlier.op === 'preview') return later.keeps === earlier.name
  if (later.op === 'correction') {
    if (earlier.op === 'correction') return later.of === earlier.of && later.field === earlier.field
    if (later.of in answersOf(earlier)) return true
  }
  // A rule counts from the next run on, and of runs under different rules the newest decides for its cell.
  if (ops.some(({ op }) => op === 'rules') && pair.every((op) => op.op === 'rules' || isRun(op))) return true
  if (isRun(later) && isRun(earlier)) return Object.keys(answersOf(later)).some((name) => name in answersOf(earlier))
  if (isAboutDeletionOfTheSame(later, earlier, ops)) return true
  if (later.op !== 'undo') return false
  return rootOf(later, ops) === (earlier.op === 'undo' ? rootOf(earlier, ops) : 'name' in earlier && earlier.name)
}

function isRun(op: Op): boolean {
  return Object.keys(answersOf(op)).length > 0
}

/** A deletion and its undo come after the conversation, and keep their order among themselves and to its analyses. */
function isAboutDeletionOfTheSame(later: Op, earlier: Op, ops: readonly Op[]): boolean {
  const deleted = [later, earlier].map((op) => deletedBy(op, ops))
  if (deleted[0] !== undefined && deleted[0] === deleted[1]) return true
  const others = [earlier, later]
  return others.some((other, index) => {
    const name = deleted[index]
    return name !== undefined && (namedBy(other).includes(name) || (other.op === 'conversation' && other.name === name))
  })
}

/** The conversation that an operation deletes or brings back. */
function deletedBy(op: Op, ops: readonly Op[]): string | undefined {
  const root = op.op === 'undo' ? ops.find((each) => 'name' in each && each.name === rootOf(op, ops)) : op
  return root?.op === 'delete' ? root.deletes : undefined
}

/** The run at the end of a chain of undone undos. */
export function rootOf(undo: Undo, ops: readonly Op[]): string {
  const target = ops.find((op) => op.op === 'undo' && op.name === undo.undoes)
  return target?.op === 'undo' ? rootOf(target, ops) : undo.undoes
}

/** Every order the facts can arrive in. */
export function everyOrder(ops: readonly Op[]): Op[][] {
  const orders = (left: readonly Op[]): Op[][] =>
    left.length === 0
      ? [[]]
      : readyOf(left, ops).flatMap((next) => orders(left.filter((op) => op !== next)).map((rest) => [next, ...rest]))
  return orders(ops)
}

/** One of them: of what can come next, each time the one with the smallest key. */
export function orderBy(ops: readonly Op[], keys: readonly number[]): Op[] {
  const order: Op[] = []
  const keyOf = (op: Op) => keys[ops.indexOf(op)] ?? 0
  for (let left = [...ops]; left.length > 0; left = left.filter((op) => !order.includes(op))) {
    const next = readyOf(left, ops).sort((a, b) => keyOf(a) - keyOf(b))[0]
    if (next) order.push(next)
  }
  return order
}

function readyOf(left: readonly Op[], ops: readonly Op[]): Op[] {
  return left.filter((op, index) => !left.slice(0, index).some((earlier) => mustFollow(op, earlier, ops)))
}
