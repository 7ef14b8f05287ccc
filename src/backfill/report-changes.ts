import { type AnalysisConfig, chainKey } from '../agents/index.ts'
import { analysesById, compileConfig, type ItemChanges, tallyChanges } from '../analysis/index.ts'
import { readConversations } from '../conversations/index.ts'
import type { ConversationKind, Db } from '../db/index.ts'
import { analysesAround } from '../sync/index.ts'
import { frozenConfigs } from './frozen-configs.ts'
import { selectedPages } from './item-store.ts'
import { getBackfill } from './store.ts'

export type BackfillChanges = {
  id: number
  /** Conversations whose new analysis was held against the one that counted before. */
  compared: number
  /** Those that nobody had analysed before. */
  isFirst: number
  items: ItemChanges[]
}

/**
 * What the analyses of a backfill say otherwise than those that counted before it, per item over all its conversations. Reads page
 * by page, in memory that does not grow with them. One that asked no model has changed no analysis. Throws 404 for an unknown one.
 */
export async function reportChanges(deps: { db: Db }, id: number): Promise<BackfillChanges> {
  const { db } = deps
  const { runId, kind, frozen } = await getBackfill(db, id)
  const changes = { id, compared: 0, isFirst: 0 }
  const tally = tallyChanges()
  if (runId === null || kind === 'mapping') return { ...changes, items: [] }
  const configs = await frozenConfigs(db, frozen)
  const closedItems = rememberClosed()
  for await (const page of selectedPages(db, id)) {
    const around = await analysesAround(db, runId, page)
    const conversations = await readConversations(db, page)
    const ids = around.flatMap(({ beforeId, afterId }) => (beforeId === null ? [afterId] : [beforeId, afterId]))
    const analyses = await analysesById(db, ids)
    for (const { conversationId, beforeId, afterId } of around) {
      const conversation = conversations.get(conversationId)
      const config = conversation && configs.get(chainKey(conversation))
      const [before, after] = [beforeId === null ? undefined : analyses.get(beforeId), analyses.get(afterId)]
      if (!config || !after) continue
      if (!before) changes.isFirst += 1
      else {
        changes.compared += 1
        tally.add(before.fields, after.fields, closedItems(config, conversation.kind))
      }
    }
  }
  return { ...changes, items: tally.items() }
}

/** The items of few values, yes-or-no and choices, made out once per config and kind. */
function rememberClosed() {
  const known = new Map<string, Set<string>>()
  return ({ hash, config }: { hash: string; config: AnalysisConfig }, kind: ConversationKind): Set<string> => {
    const key = `${kind} ${hash}`
    const items = known.get(key) ?? closedOf(config, kind)
    known.set(key, items)
    return items
  }
}

function closedOf(config: AnalysisConfig, kind: ConversationKind): Set<string> {
  const { items } = compileConfig(config, kind)
  return new Set(items.filter(({ type }) => type === 'boolean' || type === 'enum').map(({ name }) => name))
}
