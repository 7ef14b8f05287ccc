import type { Trx } from '../db/index.ts'

/** What this room tells the pipeline, inside the transaction in which it happened. */
export type ConversationsAnnouncements = {
  /** New or changed conversations of one run; `analyse` and `useVendors` are the wish of whoever brought them. */
  conversationsStored(
    trx: Trx,
    stored: { conversationIds: string[]; runId: number; analyse: boolean; useVendors: boolean },
  ): Promise<void>
  /** Somebody has set something on this one: it may name another person now. */
  conversationUpdated(trx: Trx, updated: { conversationId: string }): Promise<void>
  /** A run has deleted these: nobody sees them any more, and what they say is withdrawn. */
  conversationsSealed(trx: Trx, sealed: { conversationIds: string[]; runId: number }): Promise<void>
}
