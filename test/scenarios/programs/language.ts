import type { FieldStatus, Mode, Value } from '../../../src/mapping/index.ts'
import type { HolderKind } from '../../support/accounts/account.ts'

/**
 * A program: what happens around the fields of one record, in the order in which it reaches us. Times are minutes since the
 * mapping was switched on; what is before it is negative. Fields and conversations are called by names of the program.
 */
export type Program = {
  /** The CRM that holds the record. */
  crm: HolderKind
  fields: Record<string, FieldRule>
  /** The history of the record from before the mapping, oldest first. */
  before: Edit[]
  ops: Op[]
}

/** What a mapping file says of one field, in its words. */
export type FieldRule = {
  mode: Mode
  existing: 'dated' | 'keep' | 'replace'
  human_edits: 'keep' | 'final' | 'overwrite'
  others: 'respect' | 'ignore'
  retract: 'allow' | 'never'
  unverified: 'skip' | 'write'
}

export const modes = [
  'overwrite',
  'fill_if_empty',
  'max',
  'min',
  'any',
  'union',
  'count',
  'merge',
] as const satisfies Mode[]

export const defaults: Omit<FieldRule, 'mode'> = {
  existing: 'dated',
  human_edits: 'keep',
  others: 'respect',
  retract: 'allow',
  unverified: 'skip',
}

export type Op = Edit | Conversation | Rerun | Preview | Keep | Correction | Undo | NewRules | Deletion | Settling

/** Somebody sets fields of the record at once; null empties one. */
export type Edit = { op: 'edit'; at: number; by: Editor; set: Record<string, Value> }
export type Editor = 'person' | 'workflow' | 'app' | 'import'

/** A conversation reaches us, its last word said at `at`. With answers it is analysed at once, by a run of its own name. */
export type Conversation = { op: 'conversation'; name: string; at: number; startedAt: number; answers?: Answers }

/** One run analyses conversations that are stored. */
export type Rerun = { op: 'rerun'; name: string; answers: Record<string, Answers> }

/** A run analyses a conversation, and only looks at what it finds. */
export type Preview = { op: 'preview'; name: string; of: string; answers: Answers }

/** A run lets count what a preview has found. */
export type Keep = { op: 'keep'; name: string; keeps: string; of: string; answers: Answers }

/** A person's word on one field of a conversation; null: the conversation does not say it. */
export type Correction = { op: 'correction'; name: string; of: string; field: string; value: Value }

/** A run that takes back another one, which may be an undo itself. */
export type Undo = { op: 'undo'; name: string; undoes: string }

/** A run that deletes a conversation; its undo brings it back. */
export type Deletion = { op: 'delete'; name: string; deletes: string }

/** Retention removes conversations. What is settled comes neither back nor in again, and no run names it any more. */
export type Settling = { op: 'settle'; names: string[] }

/** The mapping file gets other rules for fields, or loses them. */
export type NewRules = { op: 'rules'; rules: Record<string, FieldRule | null> }

/** What an analysis finds for each field; one that is not named was not asked for. */
export type Answers = Record<string, Answer> | 'failed'
export type Answer = { status: FieldStatus; value: Value }

export function found(value: Value): Answer {
  return { status: 'found', value }
}

/** The conversations that an operation analyses, and what is found that counts. */
export function answersOf(op: Op): Record<string, Answers> {
  if (op.op === 'rerun') return op.answers
  if (op.op === 'keep') return { [op.of]: op.answers }
  return op.op === 'conversation' && op.answers ? { [op.name]: op.answers } : {}
}

/** The conversations that have to be there before an operation. */
export function namedBy(op: Op): string[] {
  return op.op === 'preview' || op.op === 'correction' ? [op.of] : Object.keys(answersOf(op))
}

/** The field types that a mode's values fit. */
export function kindOf(mode: Mode): 'number' | 'bool' | 'choices' | 'text' {
  if (mode === 'max' || mode === 'min' || mode === 'count') return 'number'
  return mode === 'any' ? 'bool' : mode === 'union' ? 'choices' : 'text'
}

/** What a field of the mode holds when it is empty: a checkbox of Salesforce has no third state (crm.md 4.4). */
export function unsetOf({ crm }: Pick<Program, 'crm'>, mode: Mode | undefined): Value {
  return crm === 'salesforce' && mode === 'any' ? false : null
}

/** Whether the CRM keeps, of each change of such a field, what it changed to: of a multi-select picklist Salesforce does not (crm.md 4.9). */
export function tellsValues({ crm }: Pick<Program, 'crm'>, mode: Mode | undefined): boolean {
  return !(crm === 'salesforce' && mode === 'union')
}

/** Whether the CRM names a person for such an edit: an import into Salesforce runs in the name of who started it (crm.md 4.9). */
export function isByPerson({ crm }: Pick<Program, 'crm'>, by: Editor): boolean {
  return by === 'person' || (crm === 'salesforce' && by === 'import')
}
