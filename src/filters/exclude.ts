import { passes } from './matches.ts'
import type { Condition, Filter, Test } from './types.ts'

/**
 * Whether no conversation can pass both filters, as far as two conditions on one field show it; false where that cannot be
 * told. Pure, and the same either way round.
 */
export function exclude(a: Filter, b: Filter): boolean {
  if (a.kind !== 'any' && b.kind !== 'any' && a.kind !== b.kind) return true
  return a.conditions.some((one) => b.conditions.some((other) => contradict(one, other)))
}

function contradict(a: Condition, b: Condition): boolean {
  if (a.field === 'agent' && b.field === 'agent') return shareNoAgent(a, b)
  if (a.field === 'agent' || b.field === 'agent') return false
  // Of several calls of tools one may pass one condition and another the other.
  if (a.field === 'tool_calls' || b.field === 'tool_calls') return false
  const isSamePlace = a.field === b.field && ('key' in a ? a.key : null) === ('key' in b ? b.key : null)
  return isSamePlace && (areApart(a.test, b.test) || areApart(b.test, a.test))
}

type OfAgents = Extract<Condition, { field: 'agent' }>

function shareNoAgent(a: OfAgents, b: OfAgents): boolean {
  return !a.anyOf.some((one) =>
    b.anyOf.some((other) => {
      const isAnyVersion = one.versions.length === 0 || other.versions.length === 0
      return one.agentId === other.agentId && (isAnyVersion || one.versions.some((v) => other.versions.includes(v)))
    }),
  )
}

/** Whether a value that passes `a` never passes `b`. */
function areApart(a: Test, b: Test): boolean {
  if (a.type === 'present') return a.op === 'np' ? !passes(b, undefined) : b.type === 'present' && b.op === 'np'
  const texts = textsPassing(a)
  if (texts !== null) return texts.every((text) => !passes(b, text) && !(isWritten(text) && passes(b, Number(text))))
  if (a.type === 'string' && b.type === 'string') return areEndsApart(a, b)
  const [range, other] = [rangeOf(a), rangeOf(b)]
  if (range === null) return false
  if (b.type === 'number' && b.op === 'ne') return range.from === b.value && range.to === b.value
  return other !== null && isBelow(range, other)
}

/** Whether a number is written like this: then it passes as a text too, and `1e+21` may pass what its text does not. */
function isWritten(text: string): boolean {
  return String(Number(text)) === text
}

type OfText = Extract<Test, { type: 'string' }>

/** Whether no text begins, or none ends, with both. */
function areEndsApart(a: OfText, b: OfText): boolean {
  const [short, long] = a.value.length < b.value.length ? [a.value, b.value] : [b.value, a.value]
  if (a.op === 'sw' && b.op === 'sw') return !long.startsWith(short)
  return a.op === 'ew' && b.op === 'ew' && !long.endsWith(short)
}

/** The only texts that pass, where they are few. */
function textsPassing(test: Test): string[] | null {
  if (test.type === 'enum') return test.value
  if (test.type === 'boolean') return [String(test.value)]
  return test.type === 'string' && test.op === 'eq' ? [test.value] : null
}

type Range = { from: number; to: number; includesFrom: boolean; includesTo: boolean }

/** The numbers that pass, where they lie together. */
function rangeOf(test: Test): Range | null {
  const all: Range = {
    from: Number.NEGATIVE_INFINITY,
    to: Number.POSITIVE_INFINITY,
    includesFrom: true,
    includesTo: true,
  }
  if (test.type === 'range') return { ...all, from: test.value[0], to: test.value[1] }
  if (test.type !== 'number') return null
  switch (test.op) {
    case 'eq':
      return { ...all, from: test.value, to: test.value }
    case 'gt':
    case 'ge':
      return { ...all, from: test.value, includesFrom: test.op === 'ge' }
    case 'lt':
    case 'le':
      return { ...all, to: test.value, includesTo: test.op === 'le' }
    case 'ne':
      return null
  }
}

function isBelow(a: Range, b: Range): boolean {
  return a.to < b.from || (a.to === b.from && !(a.includesTo && b.includesFrom))
}
