import type { Conversation } from '../../conversations/index.ts'
import type { Wire } from '../../crm/index.ts'
import type { FieldValue, SetEvent, Value } from '../../mapping/index.ts'
import type { Vals } from '../says.ts'

/** A conversation linked to a record, as a timeline sees it. Times are epoch ms. */
export type LinkedConversation = {
  conversationId: string
  /** The mapping whose match made the link. */
  mapping: string
  /** Every mapping that has looked for a record of this conversation, whatever it found. */
  triedBy: readonly string[]
  at: number
  startedAt: number
  conversation: Conversation
}

/** An analysis that may be in force, under the run that released it (or, unreleased, the run that made it). */
export type Answer = {
  conversationId: string
  analysisId: number
  runId: number
  /** null: the extraction failed, and says nothing. */
  fields: Record<string, FieldValue> | null
}

/** A contribution that some run released and nobody took back: it names its conversation. */
export type Release = {
  conversationId: string
  mapping: string
  runId: number
  vals: Vals
  /** Whether its mapping logged the conversation on the record. */
  logs?: boolean
}

/**
 * What is left in one cell of a conversation that is no more: of a settled one its value, of any the starting point of its
 * release. Times are epoch ms.
 */
export type Trace = {
  field: string
  at: number
  startedAt: number
  /** Where it stands among conversations of the very same times: a deleted one by its id, one that is gone by `placeOf`. */
  conversationId: string
  /** null: it says nothing any more. */
  value: Value
  /** Settled: the version of the rule that the value was found under, and of those that fed the field beside it. */
  rule: string | null
  beside: readonly string[]
  /** The runs that named it for the field, undone ones left out, and the versions of the rules each decided with. */
  releases: readonly TraceRelease[]
  /** Whether any run had named it when it was settled. */
  wasNamed: boolean
}

/** A run that named a conversation, with the rule versions that it decided a field with, as `Vals` have them. */
export type TraceRelease = { runId: number; rule: string; beside?: readonly string[] }

/** A person's word on an item of a conversation. */
export type Correction = { conversationId: string; item: string; value: Value; runId: number }

/** What we know of a cell from earlier pushes. */
export type CellState = {
  /** What we last read and classified. */
  seen: Wire
  /** Whether what we last saw was our own value. */
  ours: boolean
  /** What we last intended; absent where we never wrote. */
  sent?: Wire
  /** What `sent` became in the CRM. */
  landed?: Wire
  /** Epoch ms of the newest history entry that was classified. */
  historyAt: number | null
  /** The rule version that decided last. */
  rule?: string
  /** Written, and its history not read since. */
  unread?: boolean
  /**
   * What this field refused, under which rule and as which kind of field (`print`, by `fieldPrint`): not sent again until one of
   * them changes.
   */
  rejected?: { wire: Wire; rule: string; reason: string; code?: string; print?: string }
  /** Our value that something which is no person has changed right after us, and how often; gone once we want another. */
  setBack?: { wire: Wire; times: number }
}

/** A cell of which an erasure has left nothing but when it was (epoch ms). */
export type ForgottenCell = { forgottenAt: number }

/** An event as noticed, before it is stored. */
export type NoticedEvent = SetEvent & { source: string }
