import type { Trx } from '../../db/index.ts'
import type { SyncAnnouncements } from '../announcements.ts'
import { linkConversations } from '../link/link-conversations.ts'
import { markRecords } from '../marks.ts'
import type { MarkedCandidate } from './load-candidates.ts'
import { noteCreated } from './note-created.ts'
import { type CreationMark, clearCreations } from './store.ts'

/**
 * Looks for their records once more before any is created: an import, another conversation or a person may have been faster. What
 * links up is marked for push; what is found after it was sent is a record of ours whose answer was lost. Marks with nothing left to do are
 * taken back. Returns those that still find nobody.
 */
export async function linkAgain(
  trx: Trx,
  next: SyncAnnouncements,
  connection: string,
  { marks, candidates }: { marks: readonly CreationMark[]; candidates: readonly MarkedCandidate[] },
): Promise<MarkedCandidate[]> {
  const open: MarkedCandidate[] = []
  const found: { recordId: number; candidate: MarkedCandidate }[] = []
  for (const own of Map.groupBy(candidates, ({ mapping }) => mapping).values()) {
    const [first] = own
    if (!first) continue
    const conversations = own.map(({ conversation }) => conversation)
    const matches = await linkConversations(trx, first.mapping, conversations)
    for (const candidate of own) {
      const match = matches.get(candidate.conversation.id)
      if (match?.state === 'matched') found.push({ recordId: match.recordId, candidate })
      else if (match?.state === 'none' && match.step !== 'person') open.push(candidate)
    }
  }
  const made = found.flatMap(({ recordId, candidate: { mark } }) =>
    mark.sent ? [{ recordId, runId: mark.runId, sent: mark.sent, isRead: true }] : [],
  )
  await noteCreated(trx, connection, made)
  for (const { recordId, candidate } of found) {
    const { priority, runId } = candidate.mark
    await markRecords(trx, { connection, recordIds: [recordId], priority, reason: 'created', runId })
  }
  if (found.length > 0) next.recordsMarked(trx, connection)
  const waiting = new Set(open.map(({ mark }) => mark))
  await clearCreations(
    trx,
    marks.filter((mark) => !waiting.has(mark)),
  )
  return open
}
