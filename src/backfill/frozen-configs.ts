import { type Chain, chainKey, configSchema, type FrozenConfig, lastAgent } from '../agents/index.ts'
import type { Db } from '../db/index.ts'
import { AppError } from '../errors.ts'
import type { Frozen, FrozenChain } from './types.ts'

/** A chain of agents with its frozen config as a plan names it, in words too. */
export type FrozenName = { chain: Chain; key: string; name: string; version: number; isDraft: boolean; hash: string }

/** Everything that a plan froze a config for: agents alone, then those that conversations went to and fro between. Pure. */
export function frozenChains({ configs, transferred = [] }: Frozen): FrozenName[] {
  const alone = Object.entries(configs).map(([agentId, config]) => {
    const chain = { agentId, transfers: [] }
    return { chain, key: chainKey(chain), name: `${agentId} version ${config.version}`, ...config }
  })
  return [...alone, ...transferred.flatMap(chainOf)]
}

function chainOf({ agentId, transfers, parts, hash }: FrozenChain): FrozenName[] {
  const chain = { agentId, transfers }
  const name = parts.map((part) => `${part.agentId} version ${part.version}`).join(' to ')
  const last = parts.at(-1)
  if (!last) return []
  return [{ chain, key: chainKey(chain), name, version: last.version, isDraft: last.isDraft, hash }]
}

/** The configs a plan froze, by `chainKey`: read back by their hash, whatever the drafts have become since. */
export async function frozenConfigs(db: Db, frozen: Frozen): Promise<Map<string, FrozenConfig>> {
  const chains = frozenChains(frozen)
  const partsOf = new Map(frozen.transferred?.map((chain) => [chainKey(chain), chain.parts]))
  const hashes = [...new Set(chains.map((chain) => chain.hash))]
  if (hashes.length === 0) return new Map()
  const rows = await db.selectFrom('analysis_configs').select(['hash', 'config']).where('hash', 'in', hashes).execute()
  const configs = new Map(rows.map((row) => [row.hash, configSchema.parse(row.config)]))
  return new Map(
    chains.map(({ chain, key, name, version, isDraft, hash }) => {
      const config = configs.get(hash)
      if (!config)
        throw new AppError('backfill.no_config', 'stop', `the frozen config ${hash} of ${name} is not stored`)
      const parts = partsOf.get(key)
      const agentId = lastAgent(chain)
      return [key, { agentId, version, isDraft, hash, config, ...(parts && { parts }) }]
    }),
  )
}
