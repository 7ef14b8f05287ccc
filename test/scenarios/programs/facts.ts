import type { Value } from '../../../src/mapping/index.ts'
import {
  type Answers,
  type Conversation,
  type Deletion,
  type Edit,
  type Editor,
  type FieldRule,
  found,
  modes,
  type NewRules,
  type Rerun,
  type Settling,
  type Undo,
} from './language.ts'

/** The policies of a rule, for fields of any mode. */
export type Policies = Omit<FieldRule, 'mode'>

const texts = {
  base: 'from "March"',
  typed: 'typed \\ 👋',
  older: 'older',
  newer: "Zoë's",
  another: '0',
  no: 'false',
}

/** What each mode's field holds or hears: apart from each other, above and below, and odd where the type allows it. */
const values = {
  overwrite: texts,
  fill_if_empty: texts,
  merge: texts,
  max: { base: 5, typed: 6, older: 8, newer: 0, another: 7.5, no: -1 },
  min: { base: 5, typed: 6, older: 8, newer: 0, another: 7.5, no: -1 },
  any: { base: true, typed: false, older: true, newer: true, another: true, no: false },
  union: { base: ['a', 'tag0'], typed: ['b', 'tag1'], older: ['a', 'c'], newer: ['d'], another: ['b'], no: ['d'] },
  count: { base: 5, typed: 12, older: true, newer: 'text counts too', another: 3, no: false },
} satisfies { [mode in FieldRule['mode']]: { [word: string]: Value } }

export function base(at: number): Edit {
  return { op: 'edit', at, by: 'person', set: each('base') }
}

export function typed(at: number, by: Editor = 'person'): Edit {
  return { op: 'edit', at, by, set: each('typed') }
}

export function cleared(at: number, by: Editor = 'person'): Edit {
  return { op: 'edit', at, by, set: Object.fromEntries(modes.map((mode) => [mode, null])) }
}

export function older(at: number): Conversation {
  return { op: 'conversation', name: 'older', at, startedAt: at - 1, answers: answersWith('older') }
}

export function newer(at: number): Conversation {
  return { op: 'conversation', name: 'newer', at, startedAt: at - 1, answers: answersWith('newer') }
}

export function rerun(
  name: 'older' | 'newer',
  finds: 'not_mentioned' | 'declined' | 'another' | 'no' | 'failed',
): Rerun {
  return { op: 'rerun', name: `rerun of ${name}`, answers: { [name]: answersOn(finds) } }
}

function answersOn(finds: 'not_mentioned' | 'declined' | 'another' | 'no' | 'failed'): Answers {
  if (finds === 'failed') return finds
  if (finds === 'another' || finds === 'no') return answersWith(finds)
  return Object.fromEntries(modes.map((mode) => [mode, { status: finds, value: null }]))
}

export function rules(policies: Policies | null): NewRules {
  return { op: 'rules', rules: Object.fromEntries(modes.map((mode) => [mode, policies && { mode, ...policies }])) }
}

export function deletion(name: 'older' | 'newer'): Deletion {
  return { op: 'delete', name: `deletion of ${name}`, deletes: name }
}

export function settling(...names: ('older' | 'newer')[]): Settling {
  return { op: 'settle', names }
}

export function undo(undoes: string): Undo {
  return { op: 'undo', name: `undo of ${undoes}`, undoes }
}

function answersWith(word: 'older' | 'newer' | 'another' | 'no'): Answers {
  return Object.fromEntries(modes.map((mode) => [mode, found(values[mode][word])]))
}

function each(word: 'base' | 'typed') {
  return Object.fromEntries(modes.map((mode) => [mode, values[mode][word]]))
}
