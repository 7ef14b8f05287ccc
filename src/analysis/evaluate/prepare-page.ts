import { configForRerun, type FrozenConfig, getAgent } from '../../agents/index.ts'
import { type Conversation, readConversations } from '../../conversations/index.ts'
import type { Db } from '../../db/index.ts'
import type { Model } from '../../model/index.ts'
import { type Prepared, prepareExtractions } from '../prepare.ts'
import type { Label } from './label.ts'

/** The configs of an evaluation, by agent: each is read once, so that a draft saved meanwhile does not change half of it. */
export type Configs = Map<string, FrozenConfig>

export type Labelled = { label: Label; conversation: Conversation; config: FrozenConfig; prepared: Prepared }

/**
 * Of a page of labels, those of conversations that are there, with what is to be asked or is stored; `unknown` are the others. Of
 * another agent than the one given they are left out. In a fixed number of statements, and one per agent that is new.
 */
export async function preparePage(
  deps: { db: Db; model: Model },
  configs: Configs,
  labels: readonly Label[],
  input: { agentId?: string; version?: number; withoutTools?: boolean; runId: number },
): Promise<{ labelled: Labelled[]; unknown: number }> {
  const { agentId, version, withoutTools = false, runId } = input
  const conversations = await readConversations(deps.db, [...new Set(labels.map((each) => each.conversationId))])
  const known = labels.flatMap((label) => {
    const conversation = conversations.get(label.conversationId)
    return conversation ? [{ label, conversation }] : []
  })
  const ours = known.filter(({ conversation }) => agentId === undefined || conversation.agentId === agentId)
  for (const agent of new Set(ours.map(({ conversation }) => conversation.agentId)))
    if (!configs.has(agent)) configs.set(agent, await configOf(deps.db, agent, version))
  const asked = ours.flatMap(({ label, conversation }) => {
    const config = configs.get(conversation.agentId)
    return config ? [{ label, conversation, config }] : []
  })
  const inputs = asked.map(({ conversation, config }) => {
    return { conversationId: conversation.id, config, runId, keep: false, withoutTools }
  })
  const prepared = await prepareExtractions(deps, inputs)
  const labelled = asked.flatMap((each) => {
    const found = prepared.get(each.conversation.id)
    return found ? [{ ...each, prepared: found }] : []
  })
  return { labelled, unknown: labels.length - known.length }
}

async function configOf(db: Db, agentId: string, version: number | undefined): Promise<FrozenConfig> {
  if (version === undefined) return configForRerun(db, agentId)
  const { hash, config, publishedAt } = await getAgent(db, agentId, version)
  return { agentId, version, isDraft: publishedAt === null, hash, config }
}
