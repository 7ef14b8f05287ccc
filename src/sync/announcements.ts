import type { Trx } from '../db/index.ts'

export type SyncAnnouncements = {
  /** Records were marked: somebody should push this connection soon. Only a hint; the marks are the truth. */
  recordsMarked(trx: Trx, connection: string): void
}

export type PushAnnouncements = {
  /** A CRM refuses so much of what a run writes that a person should look at it before it goes on. */
  runRefused(trx: Trx, refused: { runId: number; why: string }): Promise<void>
}
