import type { Trx } from '../db/index.ts'
import type { ContactsAnnouncements } from './announcements.ts'
import { selectOwnRecords } from './find-store.ts'

/** Tells of contacts whose fields changed, each as the record that it is of our own connection. */
export async function announceChanges(trx: Trx, next: ContactsAnnouncements, contactIds: number[]): Promise<void> {
  const records = await selectOwnRecords(trx, contactIds)
  for (const [connection, own] of Map.groupBy(records, (record) => record.connection))
    await next.recordsChanged(trx, { connection, recordIds: own.map((record) => record.recordId) })
}
