import { listCorrections } from '../../analysis/index.ts'
import type { Actor } from '../../audit/index.ts'
import type { Db } from '../../db/index.ts'
import { notFound } from '../../errors.ts'
import type { SyncAnnouncements } from '../announcements.ts'
import { undoRun } from '../undo-run.ts'

/**
 * Takes back the correction of an item that stands, by undoing its run: the one before it stands again, else what the analyses say.
 * The undo can be undone. Throws 404 where none stands.
 */
export async function withdrawCorrection(
  deps: { db: Db; next: SyncAnnouncements },
  input: { conversationId: string; item: string; actor: Actor; reason: string },
): Promise<{ runId: number; undone: number; records: number }> {
  const { conversationId, item, actor, reason } = input
  const corrections = await listCorrections(deps.db, conversationId)
  const standing = corrections.find((each) => each.item === item && each.state === 'in_force')
  if (!standing) throw notFound('correction', `of ${item} in conversation ${conversationId}`)
  const { runId, records } = await undoRun(deps, { runId: standing.runId, actor, reason })
  return { runId, undone: standing.runId, records }
}
