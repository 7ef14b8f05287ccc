import type { CallCounts } from '../contract.ts'

/** A conversation as it is logged on a record. All its texts are untrusted: transcripts and what was made of them. */
export type ActivityDraft = {
  /** Ours, unique in the account, as `activityKey` spells it. */
  key: string
  conversationId: string
  kind: 'call' | 'chat'
  /** How it was held, such as `phone_call` or `sms_chat`. */
  type: string | null
  startedAt: Date
  durationMs: number | null
  direction: 'inbound' | 'outbound' | null
  fromNumber: string | null
  toNumber: string | null
  disconnectionReason: string | null
  /** What the conversation came to; null: nobody has said. */
  summary: string | null
  /** Where to read it. */
  url: string
}

export type ActivityRow = {
  draft: ActivityDraft
  /** The id it has in the CRM; null: as far as we know there is none yet. */
  activityId: string | null
  /** The record it is to hang on, by its id in the CRM. */
  recordId: string
  /** The record it hangs on now, or may hang on; null where that is not known. */
  hangsOn: string | null
  /** Whether it may have been created without a key, and without our knowing: it is looked for before it is created. */
  isUnsure: boolean
}

/**
 * What became of one row, out of a closed set: `written` · `missing` (an id was given, and there is no such activity any more) ·
 * `rejected` (and why) · `later` (not now: rate, outage, lock, missing permission) · `unknown` (sent without a key, no answer).
 * `activityId` is set wherever it is known: with `later` it exists, but is not yet all that it should be.
 */
export type ActivityOutcome = {
  key: string
  outcome: 'written' | 'missing' | 'rejected' | 'later' | 'unknown'
  activityId: string | null
  reason?: string
  /** Of a refusal, the CRM's name for it: quotes nothing, unlike `reason`. */
  code?: string
  retryAfterMs?: number
}

/** A field of an activity that holds our key, and whether the account has it, fit to find activities by. */
export type ActivityKey = { object: string; field: string; kinds: ActivityDraft['kind'][]; isThere: boolean }

/** `activityId` is null where it may have been created without our knowing: it is looked for on its record. */
export type GoneRow = Pick<ActivityDraft, 'key' | 'kind'> & Pick<ActivityRow, 'activityId' | 'recordId'>

/** The activities of one CRM account. Every function may be called twice; `write` and `remove` never throw for what a CRM answers. */
export type Activities = {
  /**
   * The key fields there should be, of these kinds or of all. Where one is missing, activities are told apart by our own ids and
   * by the key in their text. Throws what `describe` throws.
   */
  keys(kinds?: readonly ActivityDraft['kind'][]): Promise<ActivityKey[]>
  /**
   * Creates, changes and moves activities: one outcome per row, in their order. With the key field, never two for one key,
   * whoever else writes at the same time. Without it, a row that `isUnsure` is looked for first, and a creation whose answer
   * was lost is `unknown`: it must not be tried again before a request on its way can have arrived.
   */
  write(rows: readonly ActivityRow[], counts?: CallCounts): Promise<ActivityOutcome[]>
  /** Removes activities: `written` also for one that was gone already. */
  remove(rows: readonly GoneRow[], counts?: CallCounts): Promise<ActivityOutcome[]>
}
