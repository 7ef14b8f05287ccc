import type { Db, Trx } from '../db/index.ts'
import { notFound } from '../errors.ts'
import type { FrozenConfig } from './items.ts'
import { selectWorkingVersion } from './version-store.ts'

/**
 * The config a rerun uses: the latest draft (highest number), else the latest published version, whatever version the
 * conversation was held with (reference/retell.md 1.5). Throws `agent.not_found` (404).
 */
export async function configForRerun(db: Db | Trx, agentId: string): Promise<FrozenConfig> {
  const version = await selectWorkingVersion(db, agentId)
  if (version === undefined) throw notFound('agent', agentId)
  const { hash, config } = version
  return { agentId, version: version.version, isDraft: version.publishedAt === null, hash, config }
}
