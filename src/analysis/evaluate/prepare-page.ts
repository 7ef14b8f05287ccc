import { chainKey, configsForRerun, type FrozenConfig, inlineConfig } from '../../agents/index.ts'
import { type Conversation, readConversations } from '../../conversations/index.ts'
import type { Db } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import type { Model } from '../../model/index.ts'
import { type Prepared, prepareExtractions } from '../prepare.ts'
import type { Label } from './label.ts'

/**
 * The configs of an evaluation, by `chainKey`: each is read once, so that a draft saved meanwhile does not change half of it.
 * `agentId` took the conversations that it is for.
 */
export type Configs = Map<string, { agentId: string; config: FrozenConfig }>

/** Which configs are asked, of which conversations. */
export type Asked = { agentId?: string; version?: number; inline?: unknown; withoutTools?: boolean }

export type Labelled = { label: Label; conversation: Conversation; config: FrozenConfig; prepared: Prepared }

/**
 * Of a page of labels, those of conversations that are there, with what is to be asked or is stored; `unknown` are the others. Of
 * another agent than the one given they are left out. In a fixed number of statements.
 */
export async function preparePage(
  deps: { db: Db; model: Model },
  configs: Configs,
  labels: readonly Label[],
  input: Asked & { runId: number },
): Promise<{ labelled: Labelled[]; unknown: number }> {
  const { agentId, withoutTools = false, runId } = input
  const conversations = await readConversations(deps.db, [...new Set(labels.map((each) => each.conversationId))])
  const known = labels.flatMap((label) => {
    const conversation = conversations.get(label.conversationId)
    return conversation ? [{ label, conversation }] : []
  })
  const ours = known.filter(({ conversation }) => agentId === undefined || conversation.agentId === agentId)
  await addConfigs(
    deps.db,
    configs,
    ours.map(({ conversation }) => conversation),
    input,
  )
  const asked = ours.flatMap(({ label, conversation }) => {
    const found = configs.get(chainKey(conversation))
    return found ? [{ label, conversation, config: found.config }] : []
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

/** Reads the configs of these conversations that are not there yet. A version goes with its agent, wherever that took part. */
async function addConfigs(
  db: Db,
  configs: Configs,
  conversations: Conversation[],
  { agentId, version, inline }: Asked,
): Promise<void> {
  if (version !== undefined && (agentId === undefined || inline !== undefined)) {
    const message = 'a version goes with an agent, and not with a config of your own'
    throw new AppError('evaluation.version', 'skip', message, { status: 400 })
  }
  const byChain = new Map(conversations.map((each) => [chainKey(each), each]))
  const added = [...byChain].filter(([key]) => !configs.has(key)).map(([, conversation]) => conversation)
  const pinned = agentId === undefined || version === undefined ? undefined : { agentId, version }
  const found =
    inline === undefined
      ? await configsForRerun(db, added, pinned)
      : added.map(({ agentId: id, kind }) => inlineConfig({ id, kind }, inline))
  for (const [place, config] of found.entries()) {
    if (config instanceof AppError) throw config
    const conversation = added[place]
    if (conversation) configs.set(chainKey(conversation), { agentId: conversation.agentId, config })
  }
}
