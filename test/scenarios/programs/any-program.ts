import fc from 'fast-check'
import type { FieldStatus, Value } from '../../../src/mapping/index.ts'
import {
  type Answers,
  type Conversation,
  type Edit,
  type Editor,
  type FieldRule,
  kindOf,
  modes,
  type Op,
  type Program,
} from './language.ts'
import { isUndone } from './model.ts'
import { orderBy } from './orders.ts'
import { leavesTraces, stepsOf } from './paces.ts'

/** Any program of 3 to 12 operations around 1 to 3 fields, and another order in which they can reach us. */
export const anyProgram = fc
  .record({
    rules: fc.array(anyRule(), { minLength: 1, maxLength: 3 }),
    before: fc.array(anyEdit(), { maxLength: 3 }),
    ops: fc.array(anyOp(), { minLength: 3, maxLength: 12 }),
    keys: fc.array(fc.nat(), { minLength: 12, maxLength: 12 }),
  })
  .map(({ rules, before, ops, keys }) => {
    const program = build(rules, before, ops)
    return { program, shuffled: orderBy(program.ops, keys) }
  })
  // Known limits of a CRM's history are no disagreements: see `leavesTraces`.
  .filter(({ program, shuffled }) => {
    const steps = [stepsOf(program.ops, 'each'), stepsOf(program.ops, 'end'), stepsOf(shuffled, 'minute')]
    return steps.every((each) => leavesTraces(program, each))
  })

function anyRule(): fc.Arbitrary<FieldRule> {
  return fc.record({
    mode: fc.constantFrom(...modes),
    existing: fc.constantFrom('dated', 'dated', 'keep', 'replace'),
    human_edits: fc.constantFrom('keep', 'keep', 'final', 'overwrite'),
    others: fc.constantFrom('respect', 'respect', 'ignore'),
    retract: fc.constantFrom('allow', 'allow', 'never'),
    unverified: fc.constantFrom('skip', 'write'),
  })
}

/** A value of every kind: which one counts is up to the field. */
type Raw = { number: number; yes: boolean; ticked: string[]; text: string }

function anyRaw(): fc.Arbitrary<Raw> {
  return fc.record({
    number: fc.integer({ min: -50, max: 50 }),
    yes: fc.boolean(),
    ticked: fc.subarray(['a', 'b', 'c', 'd']),
    text: fc.constantFrom('Zoë "Z" \\ 👋', '0', 'false', 'two\nlines', '  ', ''),
  })
}

type RawEdit = { field: number; alsoNext: boolean; by: Editor; raw: Raw; empties: boolean }

function anyEdit(): fc.Arbitrary<RawEdit> {
  return fc.record({
    field: fc.nat(2),
    alsoNext: fc.boolean(),
    by: fc.constantFrom('person', 'person', 'workflow', 'app', 'import'),
    raw: anyRaw(),
    empties: fc.nat(3).map((one) => one === 3),
  })
}

type RawAnswers = { status: FieldStatus | 'not_asked'; raw: Raw }[] | 'failed'

function anyAnswers(): fc.Arbitrary<RawAnswers> {
  const unsaid = fc.constantFrom('not_mentioned', 'declined', 'ambiguous', 'refused', 'invalid', 'not_asked')
  const status = fc.oneof({ weight: 5, arbitrary: fc.constant('found') }, unsaid, fc.constant('unverified'))
  const answer = fc.record({ status, raw: anyRaw() })
  const answers = fc.array(answer, { minLength: 3, maxLength: 3 })
  return fc.oneof({ weight: 8, arbitrary: answers }, fc.constant('failed' as const))
}

type RawOp =
  | ({ op: 'edit' } & RawEdit)
  | { op: 'conversation'; letter: string; agoMinutes: number; minutes: number; answers: RawAnswers | undefined }
  | { op: 'rerun'; picks: number[]; answers: RawAnswers[] }
  | { op: 'undo'; pick: number }
  | { op: 'rule'; field: number; rule: FieldRule }

function anyOp(): fc.Arbitrary<RawOp> {
  const edit = anyEdit().map((raw): RawOp => ({ op: 'edit', ...raw }))
  const conversation = fc.record({
    op: fc.constant('conversation' as const),
    letter: fc.constantFrom('a', 'b', 'c'),
    agoMinutes: fc.nat(8),
    minutes: fc.nat(2),
    answers: fc.option(anyAnswers(), { nil: undefined, freq: 4 }),
  })
  const rerun = fc.record({
    op: fc.constant('rerun' as const),
    picks: fc.array(fc.nat(11), { minLength: 1, maxLength: 3 }),
    answers: fc.array(anyAnswers(), { minLength: 3, maxLength: 3 }),
  })
  const undo = fc.record({ op: fc.constant('undo' as const), pick: fc.nat(11) })
  const rule = fc.record({ op: fc.constant('rule' as const), field: fc.nat(2), rule: anyRule() })
  return fc.oneof(
    { weight: 3, arbitrary: edit },
    { weight: 4, arbitrary: conversation },
    { weight: 3, arbitrary: rerun },
    { weight: 2, arbitrary: undo },
    { weight: 1, arbitrary: rule },
  )
}

function build(rules: FieldRule[], before: RawEdit[], raws: RawOp[]): Program {
  const fields = Object.fromEntries(rules.map((rule, index) => [`field${index}`, rule]))
  const program: Program = {
    fields,
    before: before.map((raw, index) => toEdit(raw, rules, (index - before.length) * 2, index)),
    ops: [],
  }
  for (const [index, raw] of raws.entries()) program.ops.push(...toOp(raw, program.ops, rules, index + 1))
  return program
}

/** At most one operation, at its own minute: none where there is nothing it could be about. */
function toOp(raw: RawOp, past: readonly Op[], rules: FieldRule[], minute: number): Op[] {
  const conversations = past.filter((op) => op.op === 'conversation')
  switch (raw.op) {
    case 'edit':
      return [toEdit(raw, rules, minute, minute + 3)]
    case 'conversation':
      return [toConversation(raw, rules, minute)]
    case 'rerun': {
      const picked = raw.picks.flatMap((pick) => conversations[pick % conversations.length] ?? [])
      const answers = picked.map(({ name }, index) => [name, toAnswers(raw.answers[index] ?? 'failed', rules)])
      return picked.length === 0 ? [] : [{ op: 'rerun', name: `rerun${minute}`, answers: Object.fromEntries(answers) }]
    }
    case 'undo': {
      const inForce = past
        .filter((op) => op.op === 'undo' || op.op === 'rerun' || (op.op === 'conversation' && op.answers))
        .flatMap((op) => ('name' in op && !isUndone(op.name, past) ? [op.name] : []))
      const undoes = inForce[raw.pick % inForce.length]
      return undoes === undefined ? [] : [{ op: 'undo', name: `undo${minute}`, undoes }]
    }
    case 'rule': {
      const index = raw.field % rules.length
      const old = rules[index]
      return old
        ? [{ op: 'rule', field: `field${index}`, rule: { ...raw.rule, mode: nextMode(old.mode, raw.rule.mode) } }]
        : []
    }
  }
}

/** A field keeps its type, and what can only be counted stays counted. */
function nextMode(old: FieldRule['mode'], wanted: FieldRule['mode']): FieldRule['mode'] {
  return kindOf(old) === kindOf(wanted) && old !== 'count' && wanted !== 'count' ? wanted : old
}

function toConversation(raw: RawOp & { op: 'conversation' }, rules: FieldRule[], minute: number): Conversation {
  const at = minute - raw.agoMinutes
  const conversation = { op: 'conversation', name: `${raw.letter}${minute}`, at, startedAt: at - raw.minutes } as const
  return raw.answers === undefined ? conversation : { ...conversation, answers: toAnswers(raw.answers, rules) }
}

function toAnswers(raw: RawAnswers, rules: FieldRule[]): Answers {
  if (raw === 'failed') return raw
  const answers = rules.flatMap(({ mode }, index) => {
    const answer = raw[index]
    if (!answer || answer.status === 'not_asked') return []
    const isFound = answer.status === 'found' || answer.status === 'unverified'
    return [[`field${index}`, { status: answer.status, value: isFound ? toSaid(mode, answer.raw) : null }]]
  })
  return Object.fromEntries(answers)
}

function toSaid(mode: FieldRule['mode'], { number, yes, ticked, text }: Raw): Value {
  // Anything can be counted.
  if (mode === 'count') return number % 3 === 0 ? number : number % 3 === 1 ? yes : text
  return { number, bool: yes, choices: ticked, text }[kindOf(mode)]
}

/** What an edit types is unlike all that is said or typed elsewhere, as far as the type allows: `tag` sees to it. */
function toEdit({ field, alsoNext, by, raw, empties }: RawEdit, rules: FieldRule[], at: number, tag: number): Edit {
  const indices = new Set([field % rules.length, ...(alsoNext ? [(field + 1) % rules.length] : [])])
  const typed = {
    number: Math.trunc(raw.number) + (tag + 1) / 100,
    bool: raw.yes,
    choices: [...raw.ticked, `tag${tag}`],
    text: `typed ${tag} ${raw.text}`.trim(),
  }
  const set = [...indices].map((index) => [
    `field${index}`,
    empties ? null : typed[kindOf(rules[index]?.mode ?? 'max')],
  ])
  return { op: 'edit', at, by, set: Object.fromEntries(set) }
}
