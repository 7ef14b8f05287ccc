import type { Trx } from '../db/index.ts'
import { namedBy, releaseHeld } from '../sync/index.ts'
import type { BackfillAnnouncements } from './announcements.ts'
import { completeConversations } from './item-store.ts'

/**
 * Releases what a backfill has found about contacts that are complete: of these contacts, or of all about whom it holds something, which at
 * its end are few or none. A contact is pushed once, after the last of its selected conversations. Twice is safe.
 */
export async function releaseComplete(
  trx: Trx,
  next: BackfillAnnouncements,
  { backfillId, runId }: { backfillId: number; runId: number },
  contactKeys?: string[],
): Promise<void> {
  const among = contactKeys ? { contactKeys } : { conversationIds: await namedBy(trx, runId, 'held') }
  const complete = await completeConversations(trx, backfillId, among)
  if (complete.length > 0) await next.contributionsReleased(trx, await releaseHeld(trx, runId, complete))
}
