import type { Filter, Subject } from '../filters/index.ts'

/** A typed value as analyses, rules and folds see it; null is "no value". Dates are ISO text. */
export type Value = string | number | boolean | string[] | null

export type FieldStatus = 'found' | 'not_mentioned' | 'ambiguous' | 'declined' | 'refused' | 'invalid' | 'unverified'

/** One extracted field: its value, how sure, and where in the transcript it was said. Turns are numbered from 1. */
export type FieldValue = {
  value: Value
  status: FieldStatus
  evidence: { turn: number; quote: string }[]
  reason?: string
}

export type Mode = 'overwrite' | 'fill_if_empty' | 'max' | 'min' | 'any' | 'union' | 'count' | 'merge'

/** The part of a rule that the fold reads. */
export type FoldRule = {
  mode: Mode
  existing: 'dated' | 'keep' | 'replace'
  humanEdits: 'keep' | 'final' | 'overwrite'
  others: 'respect' | 'ignore'
  /** What `merge` asks of a model beside the usual; absent in the usual case, so that rules without keep their version. */
  instructions?: string
  maxLength?: number | null
}

/** One field line of a mapping file. `hash` covers everything that decides what the cell holds. */
export type Rule = FoldRule & {
  hash: string
  mapping: string
  connection: string
  object: string
  /** The CRM's field, `to` in the file. */
  field: string
  /** Our contact's field, by default the first name in `from`. */
  contactField: string
  /** Items, the first that the analysis has; or one fact such as `$ended_at`. */
  from: string[]
  agents: string[] | null
  values: Record<string, Value> | null
  when: Filter | null
  maxLength: number | null
  retract: 'allow' | 'never'
  unverified: 'skip' | 'write'
  /** Line of the rule in its file, from 1. */
  line: number
}

export type MatchStep =
  | { by: 'record_id'; of: string[] }
  | { by: 'email'; of: string[] }
  /** `of`: where the number stands in the conversation (`from_or_to`, `metadata.x`); `in`: the CRM's number fields. */
  | { by: 'number'; of: string[]; in: string[] }

/** One mapping file, parsed and checked. `name` is the file's name without its ending. */
export type Mapping = {
  name: string
  path: string
  fileHash: string
  text: string
  /** The kind of the connection. */
  crm: string
  connection: string
  object: string
  agents: string[] | null
  write: boolean
  match: MatchStep[]
  ambiguous: 'park' | 'newest'
  defaultCountry: string
  import: Record<string, string>
  rules: Rule[]
}

/** What one analysis says to one rule. */
export type Says =
  | { says: 'value'; value: Exclude<Value, null> }
  | { says: 'nothing'; why: string }
  | { says: 'silent'; why: string }

/** What `evaluate` reads of a conversation: the filter's own record plus the facts a rule can name. */
export type Spoken = {
  /** The conversation in the filters' vocabulary, for `when`. */
  subject: Subject
  agentId: string
  facts: Record<'$ended_at' | '$duration_s' | '$direction' | '$disconnection_reason' | '$agent' | '$url', Value>
}

/** A change that sets a cell: a value from before us (`base`) or made by somebody since (`edited`). Times are epoch ms. */
export type SetEvent = {
  kind: 'base' | 'edited'
  at: number
  value: Value
  by: 'person' | 'automation' | 'import' | 'unknown'
  /** True where the time is not known and `at` is the latest it can be. */
  atLatest: boolean
}

/** What a conversation says to a cell: it steps the value. `settled` is what retention left of one. */
export type StepEvent = {
  kind: 'said' | 'settled'
  at: number
  startedAt: number
  conversationId: string
  value: Exclude<Value, null>
}

export type TimelineEvent = SetEvent | StepEvent

/** Texts that a model is to make one of, oldest first. The same `hash` is the same text for ever. */
export type Merge = {
  /** Over inputs and instructions. */
  hash: string
  inputs: string[]
  instructions: string
  /** Whose words are in it; without those that retention has settled. */
  conversations: string[]
}

/** The texts that were made already, by the hash of their merge. */
export type MergedTexts = (hash: string) => string | undefined
