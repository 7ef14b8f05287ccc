import type { Wire } from '../crm/index.ts'
import type { Trx } from '../db/index.ts'

/** Whether two values of a CRM's field are the same to it. */
export type IsSame = (field: string, a: Wire, b: Wire) => boolean

/** What this room tells the pipeline, inside the transaction in which it happened. */
export type ContactsAnnouncements = {
  /** These records are new, or back, or have numbers or e-mails that we did not know of: conversations may now find them. */
  keysSeen(trx: Trx, seen: { connection: string; object: string; recordIds: number[] }): Promise<void>
  /** An import found that the CRM merged one record into another: what hangs on the first now belongs to the second. */
  recordMerged(trx: Trx, merged: { connection: string; from: number; into: number }): Promise<void>
  /** The CRM has these records no more: they match nothing, and nothing is written to them. */
  recordsGone(trx: Trx, gone: { connection: string; recordIds: number[] }): Promise<void>
  /** The CRM made records of another object (`object`) out of these, which nobody can change any more: who spoke to the first spoke to the second. */
  recordsConverted(
    trx: Trx,
    converted: { connection: string; object: string; pairs: { from: number; into: number }[] },
  ): Promise<void>
  /** What records hold in the CRM, as an import has just read it: where that is not what we last saw, somebody has changed it. */
  recordsRead(
    trx: Trx,
    read: { connection: string; records: { recordId: number; values: Record<string, Wire> }[]; isSame: IsSame },
  ): Promise<void>
  /** Fields of these records of ours were changed, by a person or an import: what rules write there is to be decided again. */
  recordsChanged(trx: Trx, changed: { connection: string; recordIds: number[] }): Promise<void>
}
