import { sql } from 'kysely'
import type { Trx } from '../db/index.ts'
import type { SyncAnnouncements } from './announcements.ts'
import { markReached } from './mark-reached.ts'

/** The records that these conversations are linked to, each once. */
export async function recordsOf(trx: Trx, conversationIds: readonly string[]) {
  const rows = await trx
    .selectFrom('links')
    .select(['connection', 'record_id'])
    .distinct()
    .where(sql<boolean>`conversation_id = any(${[...conversationIds]})`)
    .where('record_id', 'is not', null)
    .execute()
  return rows.flatMap(({ connection, record_id }) => (record_id === null ? [] : [{ connection, recordId: record_id }]))
}

/** Lets the records of conversations be folded again by a run, now that these say something else, or nothing any more. Twice is safe. */
export async function markConversations(
  trx: Trx,
  next: SyncAnnouncements,
  { conversationIds, runId, reason }: { conversationIds: readonly string[]; runId: number; reason: string },
): Promise<void> {
  await markReached(trx, next, { reached: await recordsOf(trx, conversationIds), reason, runId })
}
