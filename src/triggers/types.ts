import type { AnalysisAnnouncements } from '../analysis/index.ts'
import type { Actor } from '../audit/index.ts'
import type { ContactsAnnouncements } from '../contacts/index.ts'
import type { CheckConnection, Crm } from '../crm/index.ts'
import type { Db, TriggerState } from '../db/index.ts'
import type { Paces } from '../limits/index.ts'
import type { Model } from '../model/index.ts'
import type { TriggersAnnouncements } from './announcements.ts'

/** Which of a record's conversations are to be rerun: the newest one, or at most so many, the newest first. */
export type WantedConversations =
  | { conversations: 'latest' }
  | { conversations: 'all'; most: number }
  | { conversations: 'since'; since: Date; most: number }

/** What a record asks for, as a door has understood it. */
export type RecordAsk = {
  connection: string
  /** The CRM's id of the record, in any of its spellings. */
  recordId: string
  /** The CRM's object, in any of its spellings; needed only where a connection's mappings have several. */
  object: string | null
  wanted: WantedConversations
  /** The caller's own key: the same again asks for the same once. */
  requestKey: string | null
}

export type TriggerRequest = {
  id: number
  connection: string
  object: string
  externalId: string
  wanted: WantedConversations
  state: TriggerState
  /** Why it ended or waits, as a code; null where it was simply done. */
  reason: string | null
  /** A sentence that a user of the CRM can read. */
  message: string
  actor: Actor
  /** The name of the API key that called, where one did. */
  keyName: string | null
  runId: number | null
  recordId: number | null
  /** Older conversations that were asked for and stay out, because `most` allows no more. */
  leftOut: number
  attempts: number
  requestedAt: Date
  releasedAt: Date | null
  /** When a parked request goes on by itself. */
  nextTryAt: Date | null
  endedAt: Date | null
}

/** One conversation of a request's run; `outcome` is null until it has been rerun. */
export type RequestConversation = {
  conversationId: string
  kind: 'call' | 'chat'
  spokenAt: Date
  outcome: string | null
  reason: string | null
  analysisNumber: number | null
  cached: boolean
  costUsd: number
}

export type TriggerDeps = {
  db: Db
  model: Model
  crms: Map<string, Crm>
  checkConnection: CheckConnection
  paces?: Paces
  now: () => Date
  next: AnalysisAnnouncements & ContactsAnnouncements & TriggersAnnouncements
  /** The most often that one contact is rerun within an hour. */
  rerunsPerContactAndHour: number
}
