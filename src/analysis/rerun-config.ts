import { configForRerun, type FrozenConfig } from '../agents/index.ts'
import { readConversations } from '../conversations/index.ts'
import type { Db } from '../db/index.ts'
import { notFound } from '../errors.ts'

/** What a rerun of one conversation asks: its agent's newest draft config. Throws 404 for an unknown conversation or agent. */
export async function rerunConfig(db: Db, conversationId: string): Promise<FrozenConfig> {
  const conversation = (await readConversations(db, [conversationId])).get(conversationId)
  if (!conversation) throw notFound('conversation', conversationId)
  return configForRerun(db, conversation.agentId)
}
