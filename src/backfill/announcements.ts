import type { Trx } from '../db/index.ts'

export type BackfillAnnouncements = {
  /** A backfill runs (again): somebody should take up its steps. */
  backfillRuns(trx: Trx, backfillId: number): Promise<void>
  /** Contributions of a run were released: their records wait to be pushed. */
  contributionsReleased(trx: Trx, records: { connection: string; recordId: number }[]): Promise<void>
}
