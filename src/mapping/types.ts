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
  /** Where the analysis did not ask for it: the number of the one that found it. */
  analysis?: number
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

export type Stamp = { at?: string | undefined; link?: string | undefined }

export const dateStyles = ['short', 'medium', 'long', 'full'] as const
export type DateStyle = (typeof dateStyles)[number]

/** A number scaled and rounded; `written`: as text, in the way of a locale. */
export type NumberFormat = {
  kind: 'number'
  scale: number
  decimals: number | null
  written: { locale: string; grouping: boolean; prefix: string; suffix: string } | null
}

/** `date` is a style or a pattern; at least one of `date` and `time` is there. */
export type DateFormat = {
  kind: 'date'
  date: string | null
  time: DateStyle | null
  timeZone: string
  locale: string
}

export type Format = NumberFormat | DateFormat

/**
 * One field line of a mapping file. `hash` covers everything that decides what the cell holds. Keys that came later are
 * absent where they are not used, never null: so a rule without them keeps its hash, and one stored before them reads.
 */
export type Rule = FoldRule & {
  hash: string
  mapping: string
  connection: string
  object: string
  /** The CRM's field, `to` in the file. */
  field: string
  /** Our contact's field, by default the first name in `from`. */
  contactField: string
  /** Items, the first that the analysis has; or one fact such as `$ended_at`. With a template: every name in it. */
  from: string[]
  /** Text with `{{item}}` and `{{$fact}}` in it; checked when the file was read. */
  template?: string
  /** How the value is written. */
  format?: Format
  /** How the values in the template are written, by name. */
  formats?: Record<string, Format>
  agents: string[] | null
  values: Record<string, Value> | null
  /** What is written for choices that `values` does not name; null: nothing. */
  default?: Value
  when: Filter | null
  maxLength: number | null
  /** Fields of the CRM that receive when and where the deciding conversation was. */
  stamp?: Stamp
  /** What a field of our own contacts holds; absent, the mode or the fact tells. */
  type?: 'text' | 'number' | 'boolean' | 'date' | 'datetime' | 'list'
  /** The only values that such a field takes. */
  options?: string[]
  retract: 'allow' | 'never'
  unverified: 'skip' | 'write'
  /** Who to ask about the rule, else about its file; and what it is for. They decide nothing. */
  owner?: string
  description?: string
  /** Line of the rule in its file, from 1. */
  line: number
}

/** A field of our own contacts as a file declares it. */
export type CustomField = {
  name: string
  type: NonNullable<Rule['type']>
  options?: string[]
  label?: string
  description?: string
}

export type MatchStep =
  /** Our own contacts: the conversation's contact. */
  | { by: 'contact'; of: string[] }
  | { by: 'record_id'; of: string[] }
  | { by: 'email'; of: string[] }
  /** `of`: where the number stands in the conversation (`from_or_to`, `metadata.x`); `in`: the CRM's number fields. */
  | { by: 'number'; of: string[]; in: string[] }

/**
 * How a record is created where the CRM has none: `key` is its field with unique values, and holds the number (E.164) or the e-mail;
 * `values` are texts by field, templates or not.
 */
export type Creation = { values: Record<string, string>; key: string; by: 'number' | 'email' }

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
  /** Absent: a conversation that finds nobody is skipped. */
  create?: Creation
  /** Which conversations are logged on the records they are linked to; absent: none. */
  activity?: { calls: boolean; chats: boolean }
  /** Of our own contacts; absent: none but those that rules make. */
  customFields?: CustomField[]
  owner?: string
  description?: string
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
