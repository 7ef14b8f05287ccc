import type { ActivityDraft } from '../../crm/index.ts'

/** An activity as we know it. */
export type StoredActivity = {
  id: number
  /** null: the conversation is removed for good. */
  conversationId: string | null
  mapping: string
  recordId: number
  /** The id in the CRM of the record it hangs on. */
  recordExternalId: string
  kind: 'call' | 'chat'
  key: string
  externalId: string | null
  bodyHash: string | null
  attemptedAt: Date | null
  gone: boolean
  refusedHash: string | null
  refusedAt: Date | null
  /** Whether the conversation is there, and the record that its mapping links it to now. */
  isThere: boolean
  linkedTo: number | null
}

/**
 * What is to be done about one activity: `create` · `update` (also one that was not finished) · `move` (to another record) ·
 * `remove` · `wait` (it may have been created, and a request on its way may still arrive) · `refused` (by the CRM, as it is now and
 * not long ago: nothing is done until then).
 */
export type PlannedActivity = {
  action: 'create' | 'update' | 'move' | 'remove' | 'wait' | 'refused'
  recordId: number
  conversationId: string | null
  mapping: string
  /** null where it is removed. */
  draft: ActivityDraft | null
  hash: string | null
  stored: StoredActivity | null
  /** The run that is told to have done it; null: none, an edit or a merge has caused it. */
  runId: number | null
  /** Its mapping must not write: all is planned, nothing is done. */
  isObserved: boolean
  waitMs: number
}

/** How many activities were, or would be, created, changed and removed, and how many the CRM refuses as they are now. */
export type ActivityCounts = { created: number; updated: number; removed: number; refused: number }
