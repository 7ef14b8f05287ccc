import type { Trx } from '../../db/index.ts'
import type { SyncAnnouncements } from '../announcements.ts'
import type { MarkedCandidate } from './load-candidates.ts'
import { markFound } from './mark-found.ts'
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
  const linked = await markFound(trx, next, connection, candidates)
  const made = linked.flatMap(({ candidate: { mark }, match }) =>
    mark.sent && match?.state === 'matched'
      ? [{ recordId: match.recordId, runId: mark.runId, sent: mark.sent, isRead: true }]
      : [],
  )
  await noteCreated(trx, connection, made)
  const open = linked.flatMap(({ candidate, match }) =>
    match?.state === 'none' && match.step !== 'person' ? [candidate] : [],
  )
  const waiting = new Set(open.map(({ mark }) => mark))
  await clearCreations(
    trx,
    marks.filter((mark) => !waiting.has(mark)),
  )
  return open
}
