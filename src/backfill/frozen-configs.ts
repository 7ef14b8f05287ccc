import { configSchema, type FrozenConfig } from '../agents/index.ts'
import type { Db } from '../db/index.ts'
import { AppError } from '../errors.ts'
import type { Frozen } from './types.ts'

/** The configs a plan froze, by agent: read back by their hash, whatever the drafts have become since. */
export async function frozenConfigs(db: Db, frozen: Frozen): Promise<Map<string, FrozenConfig>> {
  const hashes = [...new Set(Object.values(frozen.configs).map((config) => config.hash))]
  if (hashes.length === 0) return new Map()
  const rows = await db.selectFrom('analysis_configs').select(['hash', 'config']).where('hash', 'in', hashes).execute()
  const configs = new Map(rows.map((row) => [row.hash, configSchema.parse(row.config)]))
  return new Map(
    Object.entries(frozen.configs).map(([agentId, { version, isDraft, hash }]) => {
      const config = configs.get(hash)
      if (!config)
        throw new AppError('backfill.no_config', 'stop', `the frozen config ${hash} of agent ${agentId} is not stored`)
      return [agentId, { agentId, version, isDraft, hash, config }]
    }),
  )
}
