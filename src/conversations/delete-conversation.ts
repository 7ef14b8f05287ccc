import { type Actor, startRun } from '../audit/index.ts'
import { type Db, transact } from '../db/index.ts'
import { notFound } from '../errors.ts'
import type { ConversationsAnnouncements } from './announcements.ts'
import {
  insertDeletion,
  isForgottenConversation,
  lockConversation,
  sealAsDeleted,
  selectDeletedBy,
} from './removal-store.ts'
import type { Conversation } from './types.ts'

export type Deletion = {
  /** The run that deleted it, to be undone; null where it was removed for good before. */
  runId: number | null
  /** Until when it is kept sealed; null where it is gone. */
  until: Date | null
  /** False where it was deleted already: then nothing has changed. */
  isNew: boolean
}

const dayMs = 86_400_000

/**
 * Deletes a conversation: what it says is withdrawn, and nobody sees it any more. Until the grace ends it is kept sealed and
 * the undo of its run brings it back; then it goes for good. Twice is safe, and says so. Throws `conversation.not_found`
 * (404) for one that was never here, or is of another kind than the one asked for.
 */
export async function deleteConversation(
  deps: { db: Db; now: () => Date; next: ConversationsAnnouncements; deletionGraceDays: number },
  { id, kind, actor, reason }: { id: string; kind?: Conversation['kind']; actor: Actor; reason: string },
): Promise<Deletion> {
  return transact(deps.db, async (trx) => {
    const conversation = await lockConversation(trx, id)
    if (conversation === undefined) {
      if (await isForgottenConversation(trx, id)) return { runId: null, until: null, isNew: false }
      throw notFound('conversation', id)
    }
    if (kind !== undefined && kind !== conversation.kind) throw notFound('conversation', id)
    const { sealedUntil } = conversation
    if (sealedUntil !== null) return { runId: await selectDeletedBy(trx, id), until: sealedUntil, isNew: false }
    const runId = await startRun(trx, { kind: 'deletion', actor, reason })
    const until = new Date(deps.now().getTime() + deps.deletionGraceDays * dayMs)
    await insertDeletion(trx, { runId, id, until })
    await sealAsDeleted(trx, id)
    await deps.next.conversationsSealed(trx, { conversationIds: [id], runId })
    return { runId, until, isNew: true }
  })
}
