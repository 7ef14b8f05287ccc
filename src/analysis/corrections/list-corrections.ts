import { readConversations } from '../../conversations/index.ts'
import type { Db } from '../../db/index.ts'
import { notFound } from '../../errors.ts'
import { type Correction, selectCorrections } from './store.ts'

/** Every correction of a conversation, the newest first, also those that count no more. Throws 404 for an unknown one. */
export async function listCorrections(db: Db, conversationId: string): Promise<Correction[]> {
  if (!(await readConversations(db, [conversationId])).has(conversationId)) {
    throw notFound('conversation', conversationId)
  }
  return selectCorrections(db, conversationId)
}
