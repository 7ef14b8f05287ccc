import type { Trx } from '../db/index.ts'

/** What this room tells the pipeline, inside the transaction in which it happened. */
export type TriggersAnnouncements = {
  /** A record asks for a rerun: somebody should take the request up. */
  rerunRequested(trx: Trx, requestId: number): Promise<void>
  /** What a request's run found is released, and somebody waits for it: these records are to be pushed now. `byHand`: a person asked, not the CRM. */
  rerunReleased(
    trx: Trx,
    records: { connection: string; recordId: number }[],
    asked: { byHand: boolean },
  ): Promise<void>
}
