import type { Trx } from '../db/index.ts'

/** What this room tells the pipeline, inside the transaction in which it happened. */
export type AgentsAnnouncements = {
  /** An agent is being deleted, or one version of it. Whoever still needs it throws, and it stays. */
  agentLeaves(trx: Trx, leaving: { agentId: string; version?: number }): Promise<void>
}
