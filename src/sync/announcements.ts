import type { Trx } from '../db/index.ts'

export type SyncAnnouncements = {
  /** Records were marked: somebody should push this connection soon. Only a hint; the marks are the truth. */
  recordsMarked(trx: Trx, connection: string): void
}
