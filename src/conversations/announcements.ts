import type { Trx } from '../db/index.ts'

/** What is to become of conversations once they are stored, in the words of whoever brought them. */
export type Wanted =
  /** `useVendors`: what the vendor has found in a conversation counts, in place of an analysis of ours. */
  | { analyse: boolean; useVendors?: boolean; live?: never }
  /** As each agent's `live` setting says; then nothing that was known before is taken back by what is older. */
  | { live: true; analyse?: never; useVendors?: never }

/** `added`: those that are new, or were under way when we last heard of them. */
export type StoredNow = { conversationIds: string[]; added: string[]; runId: number } & Wanted

/** What this room tells the pipeline, inside the transaction in which it happened. */
export type ConversationsAnnouncements = {
  /** New or changed conversations of one run. */
  conversationsStored(trx: Trx, stored: StoredNow): Promise<void>
  /** Somebody has set something on this one: it may name another person now. */
  conversationUpdated(trx: Trx, updated: { conversationId: string }): Promise<void>
  /** A run has deleted these: nobody sees them any more, and what they say is withdrawn. */
  conversationsSealed(trx: Trx, sealed: { conversationIds: string[]; runId: number }): Promise<void>
}
