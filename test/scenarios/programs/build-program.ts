import type { FieldStatus, Value } from '../../../src/mapping/index.ts'
import type { HolderKind } from '../../support/accounts/account.ts'
import {
  type Answers,
  answersOf,
  type Conversation,
  type Correction,
  type Edit,
  type Editor,
  type FieldRule,
  kindOf,
  type Op,
  type Program,
} from './language.ts'
import { isDeleted, isUndone } from './model.ts'
import { rootOf } from './orders.ts'

/** A value of every kind: which one counts is up to the field. */
export type Raw = { number: number; yes: boolean; ticked: string[]; text: string }

export type RawEdit = { field: number; alsoNext: boolean; by: Editor; raw: Raw; empties: boolean }

export type RawAnswers = { status: FieldStatus | 'not_asked'; raw: Raw }[] | 'failed'

export type RawOp =
  | ({ op: 'edit' } & RawEdit)
  | { op: 'conversation'; letter: string; agoMinutes: number; minutes: number; answers: RawAnswers | undefined }
  | { op: 'rerun'; picks: number[]; answers: RawAnswers[] }
  | { op: 'preview'; pick: number; answers: RawAnswers }
  | { op: 'keep'; pick: number; answers: RawAnswers }
  | { op: 'correction'; pick: number; raw: Raw; empties: boolean }
  | { op: 'undo'; pick: number }
  | { op: 'delete'; pick: number }
  | { op: 'settle'; picks: number[] }
  | { op: 'rules'; field: number; rule: FieldRule | null }

/** A program out of raw picks: each operation at its own minute, about whatever there is by then for it to be about. */
export function buildProgram(crm: HolderKind, rules: FieldRule[], before: RawEdit[], raws: RawOp[]): Program {
  const fields = Object.fromEntries(rules.map((rule, index) => [`field${index}`, rule]))
  const program: Program = {
    crm,
    fields,
    before: before.map((raw, index) => toEdit(raw, rules, (index - before.length) * 2, index)),
    ops: [],
  }
  for (const [index, raw] of raws.entries()) program.ops.push(...toOp(raw, program.ops, rules, index + 1))
  return program
}

/** At most one operation, at its own minute: none where there is nothing it could be about. */
function toOp(raw: RawOp, past: readonly Op[], rules: FieldRule[], minute: number): Op[] {
  const settled = new Set(past.flatMap((op) => (op.op === 'settle' ? op.names : [])))
  const stored = past.filter((op) => op.op === 'conversation').filter(({ name }) => !settled.has(name))
  const conversations = stored.filter(({ name }) => !isDeleted(name, past))
  switch (raw.op) {
    case 'edit':
      return [toEdit(raw, rules, minute, minute + 2)]
    case 'conversation':
      return [toConversation(raw, rules, minute)]
    case 'rerun': {
      const picked = raw.picks.flatMap((pick) => conversations[pick % conversations.length] ?? [])
      const answers = picked.map(({ name }, index) => [name, toAnswers(raw.answers[index] ?? 'failed', rules)])
      return picked.length === 0 ? [] : [{ op: 'rerun', name: `rerun${minute}`, answers: Object.fromEntries(answers) }]
    }
    case 'preview': {
      const of = conversations[raw.pick % conversations.length]?.name
      const answers = toAnswers(raw.answers, rules)
      return of === undefined ? [] : [{ op: 'preview', name: `preview${minute}`, of, answers }]
    }
    case 'keep': {
      const isThere = new Set(conversations.map(({ name }) => name))
      const previews = past.flatMap((op) =>
        op.op === 'preview' && op.answers !== 'failed' && isThere.has(op.of) ? [op] : [],
      )
      const preview = previews[raw.pick % previews.length]
      // Without one to keep there is one now, for the next.
      if (!preview) return toOp({ ...raw, op: 'preview' }, past, rules, minute)
      const { name: keeps, of, answers } = preview
      return [{ op: 'keep', name: `keep${minute}`, keeps, of, answers }]
    }
    case 'correction':
      return toCorrection(raw, past, new Set(conversations.map(({ name }) => name)), rules, minute)
    case 'undo': {
      const inForce = past
        .filter((op) => !isSettledDeletion(op, past, settled))
        .filter((op) => op.op !== 'conversation' || op.answers)
        .flatMap((op) => ('name' in op && !isUndone(op.name, past) ? [op.name] : []))
      const undoes = inForce[raw.pick % inForce.length]
      return undoes === undefined ? [] : [{ op: 'undo', name: `undo${minute}`, undoes }]
    }
    case 'delete': {
      const doomed = conversations[raw.pick % conversations.length]
      return doomed ? [{ op: 'delete', name: `delete${minute}`, deletes: doomed.name }] : []
    }
    case 'settle': {
      const names = raw.picks.flatMap((pick) => conversations[pick % conversations.length]?.name ?? [])
      return names.length > 0 ? [{ op: 'settle', names: [...new Set(names)] }] : []
    }
    case 'rules': {
      const index = raw.field % rules.length
      const old = rules[index]
      const rule = old && raw.rule && { ...raw.rule, mode: nextMode(old.mode, raw.rule.mode) }
      return [{ op: 'rules', rules: { [`field${index}`]: rule ?? null } }]
    }
  }
}

/** What retention has removed no undo can delete again. */
function isSettledDeletion(op: Op, past: readonly Op[], settled: ReadonlySet<string>): boolean {
  const root = op.op === 'undo' ? past.find((each) => 'name' in each && each.name === rootOf(op, past)) : op
  return root?.op === 'delete' && settled.has(root.deletes)
}

/** A word on something that some analysis was asked for. */
function toCorrection(
  { pick, raw, empties }: RawOp & { op: 'correction' },
  past: readonly Op[],
  isThere: ReadonlySet<string>,
  rules: FieldRule[],
  minute: number,
): Correction[] {
  const asked = past.flatMap((op) =>
    Object.entries(answersOf(op)).flatMap(([of, answers]) =>
      answers === 'failed' || !isThere.has(of) ? [] : Object.keys(answers).map((field) => ({ of, field })),
    ),
  )
  const about = asked[pick % asked.length]
  if (!about) return []
  const index = Number(about.field.replace('field', ''))
  const said = toSaid(rules[index]?.mode ?? 'overwrite', raw)
  const isBlank = (typeof said === 'string' && said.trim() === '') || (Array.isArray(said) && said.length === 0)
  return [{ op: 'correction', name: `correction${minute}`, ...about, value: empties || isBlank ? null : said }]
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
    number: Math.trunc(raw.number) + (tag + 1) / 16,
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
