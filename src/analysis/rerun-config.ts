import { configForRerun, type FrozenConfig, inlineConfig, lastAgent } from '../agents/index.ts'
import { readConversations } from '../conversations/index.ts'
import type { Db } from '../db/index.ts'
import { AppError, notFound } from '../errors.ts'

/**
 * Another config than the newest draft: a version of the agent that the conversation ended with, or one that nobody has saved; and
 * of whichever config, only these of its items.
 */
export type ConfigChoice = { version?: number; inline?: unknown; fields?: string[] }

/**
 * What a rerun of one conversation asks: the newest draft config of its agent, after transfers those of all agents as the settings
 * say. Throws 404 for an unknown conversation, agent or version, and as `configForRerun` and `inlineConfig`.
 */
export async function rerunConfig(
  db: Db,
  conversationId: string,
  { version, inline }: ConfigChoice = {},
): Promise<FrozenConfig> {
  const conversation = (await readConversations(db, [conversationId])).get(conversationId)
  if (!conversation) throw notFound('conversation', conversationId)
  const { agentId, kind, transfers } = conversation
  if (inline !== undefined && version !== undefined)
    throw new AppError('rerun.two_configs', 'skip', 'give a version or a config, not both', { status: 400 })
  if (inline !== undefined) return inlineConfig({ id: agentId, kind }, inline)
  const pinned = version === undefined ? undefined : { agentId: lastAgent(conversation), version }
  return configForRerun(db, agentId, transfers, pinned)
}
