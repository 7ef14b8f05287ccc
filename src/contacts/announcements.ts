import type { Trx } from '../db/index.ts'

/** What this room tells the pipeline, inside the transaction in which it happened. */
export type ContactsAnnouncements = {
  /** These records are new, or back, or have numbers or e-mails that we did not know of: conversations may now find them. */
  keysSeen(trx: Trx, seen: { connection: string; object: string; recordIds: number[] }): Promise<void>
  /** An import found that the CRM merged one record into another: what hangs on the first now belongs to the second. */
  recordMerged(trx: Trx, merged: { connection: string; from: number; into: number }): Promise<void>
  /** Fields of these records of ours were changed, by a person or an import: what rules write there is to be decided again. */
  recordsChanged(trx: Trx, changed: { connection: string; recordIds: number[] }): Promise<void>
}
