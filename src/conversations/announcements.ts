import type { Trx } from '../db/index.ts'

/** What this room tells the pipeline, inside the transaction in which it happened. */
export type ConversationsAnnouncements = {
  /** New or changed conversations of one run; `analyse` and `useVendors` are the wish of whoever brought them. */
  conversationsStored(
    trx: Trx,
    stored: { conversationIds: string[]; runId: number; analyse: boolean; useVendors: boolean },
  ): Promise<void>
}
