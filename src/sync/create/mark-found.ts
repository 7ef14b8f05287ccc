import type { Trx } from '../../db/index.ts'
import type { SyncAnnouncements } from '../announcements.ts'
import { linkConversations } from '../link/link-conversations.ts'
import type { Match } from '../link/match-conversation.ts'
import { markRecords } from '../marks.ts'
import type { MarkedCandidate } from './load-candidates.ts'

export type Linked = { candidate: MarkedCandidate; match: Match | undefined }

/**
 * Links candidates to the records that they find now, and marks those for push, as soon as each was to be created and for the run
 * that wanted it. Returns what each has found.
 */
export async function markFound(
  trx: Trx,
  next: SyncAnnouncements,
  connection: string,
  candidates: readonly MarkedCandidate[],
): Promise<Linked[]> {
  const linked: Linked[] = []
  for (const [mapping, own] of Map.groupBy(candidates, (each) => each.mapping)) {
    const conversations = own.map(({ conversation }) => conversation)
    const matches = await linkConversations(trx, mapping, conversations)
    linked.push(...own.map((candidate) => ({ candidate, match: matches.get(candidate.conversation.id) })))
  }
  const found = linked.flatMap(({ candidate: { mark }, match }) =>
    match?.state === 'matched' ? [{ mark, recordId: match.recordId }] : [],
  )
  for (const same of Map.groupBy(found, ({ mark }) => `${mark.priority} ${mark.runId}`).values()) {
    const recordIds = same.map(({ recordId }) => recordId)
    const { priority = 0, runId = 0 } = same[0]?.mark ?? {}
    await markRecords(trx, { connection, recordIds, priority, reason: 'created', runId })
  }
  if (found.length > 0) next.recordsMarked(trx, connection)
  return linked
}
