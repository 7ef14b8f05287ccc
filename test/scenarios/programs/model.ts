import type { Value } from '../../../src/mapping/index.ts'
import {
  type Answer,
  answersOf,
  type Conversation,
  type Edit,
  type FieldRule,
  isByPerson,
  type Op,
  type Program,
  unsetOf,
} from './language.ts'

/**
 * What every field of a program's record must hold once all of `ops` has happened and was pushed. Written from ENGINE.md
 * sections 1 to 3 alone, the same sentences one after the other, as naively as can be: it knows no pushes and keeps no state.
 */
export function modelOf(program: Program, ops: readonly Op[] = program.ops): Record<string, Value> {
  return Object.fromEntries(Object.keys(program.fields).map((field) => [field, cellOf(field, program, ops)]))
}

function cellOf(field: string, program: Program, ops: readonly Op[]): Value {
  const base = program.before.flatMap((edit) => setsOf(edit, field, 'base', program))
  const edited = ops.flatMap((op) => (op.op === 'edit' ? setsOf(op, field, 'edited', program) : []))
  const rule = ruleOf(field, program, ops)
  const said = rule ? saidTo(field, rule, program, ops) : []
  return fold([...base, ...edited], said, rule) ?? unsetOf(program, program.fields[field]?.mode)
}

type SetEvent = { kind: 'base' | 'edited'; at: number; value: Value; byPerson: boolean }
type Said = { kind: 'said'; at: number; startedAt: number; name: string; value: Value }

function setsOf({ at, by, set }: Edit, field: string, kind: SetEvent['kind'], program: Program): SetEvent[] {
  const value = set[field] ?? unsetOf(program, program.fields[field]?.mode)
  return field in set ? [{ kind, at, value, byPerson: isByPerson(program, by) }] : []
}

/** Section 5: "Undo withdraws a run. Undo is a run, and can be undone." */
export function isUndone(run: string, ops: readonly Op[]): boolean {
  return ops.some((op) => op.op === 'undo' && op.undoes === run && !isUndone(op.name, ops))
}

/**
 * The releases to a field by runs not undone, oldest first, with the rule that each was decided by. Section 2: "a run names
 * conversations", "a silent contribution releases nothing", a rule version is "fixed when the run decided".
 */
function releasedRules(field: string, program: Program, ops: readonly Op[]): { rule: FieldRule; names: string[] }[] {
  let rule: FieldRule | null | undefined = program.fields[field]
  return ops.flatMap((op) => {
    if (op.op === 'rules' && field in op.rules) rule = op.rules[field]
    if (!isRun(op) || !rule || isUndone(op.name, ops)) return []
    const decidedBy = rule
    const heard = Object.entries(answersOf(op)).filter(([name, answers]) => {
      if (answers === 'failed' || hear(answers[field], decidedBy) === 'silent') return false
      const gone = ops.findIndex((each) => each.op === 'settle' && each.names.includes(name))
      // Of a run that was undone by then, settling has kept nothing.
      return gone === -1 || !isUndone(op.name, ops.slice(0, gone))
    })
    return heard.length > 0 ? [{ rule: decidedBy, names: heard.map(([name]) => name) }] : []
  })
}

/** What releases what it finds. Not a preview that nobody keeps, and not a correction: it "releases nothing". */
function isRun(op: Op): op is Op & { op: 'rerun' | 'conversation' | 'keep' } {
  return op.op === 'rerun' || op.op === 'conversation' || op.op === 'keep'
}

/** "In force is: a person's correction, else"; "undo, deletion and correction still withdraw" under `retract: never` too. */
function correctedTo(field: string, name: string, ops: readonly Op[]): { value: Value } | 'nothing' | undefined {
  const correction = ops.findLast(
    (op) => op.op === 'correction' && op.of === name && op.field === field && !isUndone(op.name, ops),
  )
  if (correction?.op !== 'correction') return undefined
  return isEmpty(correction.value) ? 'nothing' : { value: correction.value }
}

/** "Every linked conversation at or after the earliest one that a run not undone has named takes part." */
function saidTo(field: string, rule: FieldRule, program: Program, ops: readonly Op[]): Said[] {
  const gone = settledIn(field, program, ops)
  const named = namedIn(field, program, ops)
  const all = ops.filter((op) => op.op === 'conversation').sort(bySpeech)
  // "The conversation's time stays the starting point of its release", of what was settled for good.
  const [first] = all.filter(({ name }) => named.has(name) || gone.get(name)?.wasNamed)
  const settled = all.flatMap(({ at, startedAt, name }): Said[] => {
    const value = gone.get(name)?.value
    return value === undefined ? [] : [{ kind: 'said', at, startedAt, name, value }]
  })
  const taking = all.filter((each) => {
    // "Deleting a conversation withdraws what it says."
    const isThere = !isDeleted(each.name, ops) && !ops.some((op) => op.op === 'settle' && op.names.includes(each.name))
    return first && isThere && (each === first || bySpeech(first, each) < 0)
  })
  const said = taking.flatMap(({ at, startedAt, name }): Said[] => {
    const found = ops
      .filter((op) => isRun(op) && !isUndone(op.name, ops))
      .map((op) => answersOf(op)[name])
      .map((answers) => (answers === undefined || answers === 'failed' ? 'silent' : hear(answers[field], rule)))
      .findLast((says) => says !== 'silent')
    const inForce = correctedTo(field, name, ops) ?? found
    return typeof inForce === 'object' ? [{ kind: 'said', at, startedAt, name, value: inForce.value }] : []
  })
  return [...said, ...settled]
}

function namedIn(field: string, program: Program, ops: readonly Op[]): Set<string> {
  return new Set(releasedRules(field, program, ops).flatMap(({ names }) => names))
}

/** "The newest among the releases that are not undone." Where none is left, "settled decides" under the rule it was settled by. */
function ruleOf(field: string, program: Program, ops: readonly Op[]): FieldRule | undefined {
  const gone = settledIn(field, program, ops)
  const conversations = ops.filter((op) => op.op === 'conversation').sort(bySpeech)
  const settledBy = conversations.flatMap(({ name }) => gone.get(name)?.rule ?? [])
  return releasedRules(field, program, ops).at(-1)?.rule ?? settledBy.at(-1)
}

type Settled = { value: Value; rule: FieldRule; wasNamed: boolean }

/** "settled: one per conversation removed by retention, holding only its typed value that was in force; cannot be undone." */
function settledIn(field: string, program: Program, ops: readonly Op[]): Map<string, Settled> {
  const settled = new Map<string, Settled>()
  for (const [index, op] of ops.entries()) {
    if (op.op !== 'settle') continue
    const past = ops.slice(0, index)
    const rule = ruleOf(field, program, past)
    if (!rule) continue
    const named = namedIn(field, program, past)
    for (const { name, value } of saidTo(field, rule, program, past)) {
      if (op.names.includes(name)) settled.set(name, { value, rule, wasNamed: named.has(name) })
    }
  }
  return settled
}

/** "Undoable while the configured grace lasts." */
export function isDeleted(name: string, ops: readonly Op[]): boolean {
  return ops.some((op) => op.op === 'delete' && op.deletes === name && !isUndone(op.name, ops))
}

/** The three kinds of contribution, section 2. */
function hear(answer: Answer | undefined, rule: FieldRule): { value: Value } | 'nothing' | 'silent' {
  const nothing = rule.retract === 'never' ? 'silent' : 'nothing'
  switch (answer?.status) {
    case 'found':
      return isEmpty(answer.value) ? nothing : { value: answer.value }
    case 'unverified':
      if (rule.unverified === 'skip') return 'silent'
      return isEmpty(answer.value) ? nothing : { value: answer.value }
    case 'not_mentioned':
    case 'declined':
    case 'ambiguous':
      return nothing
    default:
      return 'silent'
  }
}

function fold(sets: SetEvent[], spoken: Said[], rule: FieldRule | undefined): Value {
  // "count: booleans only when true": a no is nothing that is counted.
  const said = spoken.filter(({ value }) => !(rule?.mode === 'count' && value === false))
  const standing = sets.toSorted((a, b) => a.at - b.at)
  const asSet = standing.at(-1)?.value ?? null
  // "An edit or base that a policy ignores stands again where no said value is left."
  if (rule === undefined || said.length === 0) return asSet
  // "keep: never write where a value stood before us".
  const before = standing.findLast((event) => event.kind === 'base')
  if (rule.existing === 'keep' && before && !isEmpty(before.value)) return asSet
  let value: Value = null
  let isFinal = false
  for (const event of [...said, ...standing].sort(inTime)) {
    if (event.kind === 'said') {
      if (!isFinal) value = stepped(rule.mode, value, event.value)
      continue
    }
    if (event.kind === 'base' && rule.existing === 'replace') continue
    if (event.kind === 'edited' && !event.byPerson && rule.others === 'ignore') continue
    // "respect: as a person's".
    if (event.kind === 'edited' && rule.human_edits === 'overwrite') continue
    if (event.kind === 'edited' && rule.human_edits === 'final') isFinal = true
    value = event.value
  }
  return value
}

/** "At equal times said and settled come before base and edited; among said, by start, then id." */
function inTime(a: SetEvent | Said, b: SetEvent | Said): number {
  if (a.at !== b.at) return a.at - b.at
  if (a.kind === 'said' && b.kind === 'said') return bySpeech(a, b)
  return a.kind === 'said' ? -1 : b.kind === 'said' ? 1 : 0
}

function bySpeech(a: Said | Conversation, b: Said | Conversation): number {
  return a.at - b.at || a.startedAt - b.startedAt || (a.name < b.name ? -1 : 1)
}

function stepped(mode: FieldRule['mode'], old: Value, said: Value): Value {
  switch (mode) {
    case 'overwrite':
      return said
    case 'fill_if_empty':
      return isEmpty(old) ? said : old
    case 'max':
      return isEmpty(old) ? said : Math.max(Number(old), Number(said))
    case 'min':
      return isEmpty(old) ? said : Math.min(Number(old), Number(said))
    case 'any':
      return old === true || said === true
    case 'union':
      return [...new Set([...listOf(old), ...listOf(said)])].sort()
    case 'count':
      return Number(old ?? 0) + 1
    case 'merge':
      return isEmpty(old) ? said : linesOf(old, said)
  }
}

/** The sandbox merges texts line by line, each once; so what it makes of a stretch at once is what it makes step by step. */
function linesOf(...texts: Value[]): string {
  const lines = texts.flatMap((text) => String(text).split('\n')).map((line) => line.trim())
  return [...new Set(lines)].filter((line) => line !== '').join('\n')
}

function listOf(value: Value): string[] {
  return Array.isArray(value) ? value : value === null ? [] : [String(value)]
}

function isEmpty(value: Value): boolean {
  return value === null || (typeof value === 'string' && value.trim() === '') || (Array.isArray(value) && !value.length)
}
