import type { Db, Trx } from '../db/index.ts'
import { configForRerun } from './config-for-rerun.ts'
import type { FrozenConfig } from './items.ts'
import { selectVersions } from './version-store.ts'

/**
 * The config a conversation is first analysed with: that of the version it was held with, so that an unfinished draft never
 * reaches live conversations; where that version was never ours, the one a rerun would use. Throws `agent.not_found` (404).
 */
export async function configForIntake(db: Db | Trx, agentId: string, version: number | null): Promise<FrozenConfig> {
  const held = (await selectVersions(db, agentId)).find((each) => each.version === version)
  if (!held) return configForRerun(db, agentId)
  const { hash, config, publishedAt } = held
  return { agentId, version: held.version, isDraft: publishedAt === null, hash, config }
}
