import { chainKey } from '../agents/index.ts'
import { type CompiledConfig, compileFrozen, fieldsById, type ItemChanges, tallyChanges } from '../analysis/index.ts'
import type { Db } from '../db/index.ts'
import { analysesAround } from '../sync/index.ts'
import { chainsOf } from './chain-store.ts'
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
 * by page, in memory that does not grow with them. One that asked no model has changed no analysis. Throws 404 for an unknown one, and the
 * reason of the signal.
 */
export async function reportChanges(deps: { db: Db }, id: number, signal?: AbortSignal): Promise<BackfillChanges> {
  const { db } = deps
  const { runId, kind, frozen } = await getBackfill(db, id)
  const changes = { id, compared: 0, isFirst: 0 }
  const tally = tallyChanges()
  if (runId === null || kind === 'mapping') return { ...changes, items: [] }
  const configs = await frozenConfigs(db, frozen)
  for await (const page of selectedPages(db, id)) {
    signal?.throwIfAborted()
    const around = await analysesAround(db, runId, page)
    const chains = await chainsOf(db, page)
    const ids = around.flatMap(({ beforeId, afterId }) => (beforeId === null ? [afterId] : [beforeId, afterId]))
    const fields = await fieldsById(db, ids)
    for (const { conversationId, beforeId, afterId } of around) {
      const chain = chains.get(conversationId)
      const config = chain && configs.get(chainKey(chain))
      const [before, after] = [beforeId === null ? undefined : fields.get(beforeId), fields.get(afterId)]
      if (!config || !after) continue
      if (!before) changes.isFirst += 1
      else {
        changes.compared += 1
        tally.add(before, after, closedOf(compileFrozen(config, chain.kind)))
      }
    }
  }
  return { ...changes, items: tally.items() }
}

/** The items of few values: yes-or-no and choices. */
function closedOf({ items }: Pick<CompiledConfig, 'items'>): Set<string> {
  return new Set(items.filter(({ type }) => type === 'boolean' || type === 'enum').map(({ name }) => name))
}
