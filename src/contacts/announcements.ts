import type { Trx } from '../db/index.ts'

/** What this room tells the pipeline, inside the transaction in which it happened. */
export type ContactsAnnouncements = {
  /** These records have numbers or e-mails that we did not know of them: conversations may now find their record. */
  keysSeen(trx: Trx, seen: { connection: string; object: string; recordIds: number[] }): Promise<void>
}
