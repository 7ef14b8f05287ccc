import type { Actor } from '../audit/index.ts'
import { type Db, transact } from '../db/index.ts'
import { lockAgent } from './agent-store.ts'
import { getAgent } from './read-agents.ts'
import { type AgentVersion, selectVersions } from './version-store.ts'
import { writeVersion } from './write-version.ts'

/**
 * Begins a new draft as a copy of `baseVersion`, by default of the version with the highest number, and returns it.
 * Twice makes two drafts. Throws `agent.not_found` (404).
 */
export async function createVersion(
  deps: { db: Db },
  input: { agentId: string; baseVersion?: number; actor: Actor },
): Promise<AgentVersion> {
  const { agentId, actor } = input
  return transact(deps.db, async (trx) => {
    await lockAgent(trx, agentId)
    const base = await getAgent(trx, agentId, input.baseVersion)
    const [newest = base] = await selectVersions(trx, agentId)
    const version = newest.version + 1
    const { config, raw } = base
    await writeVersion(trx, actor, undefined, { agentId, version, baseVersion: base.version, config, raw })
    return getAgent(trx, agentId, version)
  })
}
