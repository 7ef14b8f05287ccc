import type { Db, Trx } from '../db/index.ts'
import { notFound } from '../errors.ts'
import { selectConversations, selectSealed } from './store.ts'
import { selectTurns } from './transcript-store.ts'
import type { Conversation, Turn } from './types.ts'

export type ConversationWithTurns = Conversation & { turns: Turn[] }

/** One conversation with its turns. Throws `conversation.not_found` (404). */
export async function loadConversation(db: Db | Trx, id: string): Promise<ConversationWithTurns> {
  const [conversation] = await loadConversations(db, [id])
  if (conversation === undefined) throw notFound('conversation', id)
  return conversation
}

/** Conversations with their turns, in the order asked for; those that are not there are left out. */
export async function loadConversations(db: Db | Trx, ids: string[]): Promise<ConversationWithTurns[]> {
  const conversations = await readConversations(db, ids)
  const turns = await selectTurns(db, ids)
  return ids.flatMap((id) => {
    const conversation = conversations.get(id)
    return conversation ? [{ ...conversation, turns: turns.get(id) ?? [] }] : []
  })
}

/** Conversations by id without their transcripts, which are most of their weight. */
export async function readConversations(db: Db | Trx, ids: string[]): Promise<Map<string, Conversation>> {
  return new Map((await selectConversations(db, ids)).map((conversation) => [conversation.id, conversation]))
}

/** Which of these are deleted, but not gone yet, and their times: the starting points of what later conversations say. */
export async function readSealed(
  db: Db | Trx,
  ids: string[],
): Promise<Map<string, { spokenAt: Date; startedAt: Date | null }>> {
  return new Map((await selectSealed(db, ids)).map(({ id, ...times }) => [id, times]))
}
