import type { Wire } from '../../crm/index.ts'
import type { Failure } from '../../errors.ts'
import type { Mode, TimelineEvent, Value } from '../../mapping/index.ts'
import type { Decision } from '../says.ts'

export type ExplainedRun = { id: number; kind: string; actor: string; reason: string }

/** A quote with the turns around it; turns are numbered from 1. */
export type Quote = { turn: number; quote: string; around: { turn: number; role: string; text: string }[] }

/** One line of a cell's timeline, with everything that stands behind it. */
export type ExplainedEvent = {
  at: string
  atLatest: boolean
  kind: TimelineEvent['kind'] | 'silent' | 'nothing'
  who: string
  value: Value
  decides: boolean
  why?: string
  evidence?: Quote[]
  analysis?: { number: number; model: string; agentVersion: number | null; current: boolean }
  run?: ExplainedRun
  /** A person's word, which stands in for what was extracted. */
  correction?: { item: string; value: Value; run: ExplainedRun | null }
  decision?: Decision
  /** How the conversation came to the record; `person`: by the run. */
  match?: { mapping: string; step: string; run?: ExplainedRun }
}

/** A version of a rule, and the line of the file that it stands in. */
export type RulePlace = {
  mapping: string
  path: string
  line: number
  text: string
  hash: string
  mode: Mode
  owner?: string
  description?: string
}

export type ExplainedWrite = {
  at: string
  run: number | null
  by: ExplainedRun | null
  before: Wire
  after: Wire
  outcome: string
}

export type ExplainedRecord = {
  connection: string
  object: string
  externalId: string
  field: string
  /** What the CRM held when we last looked, and what we last intended. */
  seen: Wire
  sent: Wire
  /** What it should hold. */
  value: Value
  /** Of a field that is merged: the text (null: not made yet), whether a model made it, and of what. */
  merged?: { text: string | null; isFallback: boolean; conversations: string[] }
  /** What the CRM holds now, where that was asked. */
  live?: { value: Wire; differs: boolean } | Failure
  /** The version that decides; null: no run has released any. */
  rule: RulePlace | null
  /** The version that is active, where it is another one: it takes over at the next release. */
  ruleNow: RulePlace | null
  /** In order of time: the newest, and the one that decides. */
  timeline: ExplainedEvent[]
  /** Older events that are not shown. */
  earlier: number
  /** Earlier conversations that no run has asked for this field. */
  stayOut: number
  /** Conversations that nobody has asked for this field, and the command that asks (some of) them. */
  neverAsked: { conversations: number; command: string } | null
  /** The newest first, as many as there are events at most. */
  writes: ExplainedWrite[]
  /** What limits what is said above, in sentences. */
  notes: string[]
}

/** A conversation of the contact that has no record under a mapping that writes the field. */
export type Unlinked = {
  conversationId: string
  mapping: string
  connection: string
  decision: 'no_record' | 'ambiguous'
  step: string | null
}

export type Explanation = {
  contactId: string
  field: string
  records: ExplainedRecord[]
  /** The newest of them, and how many there are. */
  unlinked: { conversations: Unlinked[]; total: number; command: string | null }
}
