import type { Actor } from '../audit/index.ts'
import { type Db, transact } from '../db/index.ts'
import { lockAgent, nextVersion } from './agent-store.ts'
import { getAgent } from './read-agents.ts'
import { asBase } from './retell-fields.ts'
import type { AgentVersion } from './version-store.ts'
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
    const version = await nextVersion(trx, agentId)
    const draft = { agentId, version, baseVersion: base.version, config: base.config, raw: asBase(base.raw) }
    await writeVersion(trx, actor, undefined, draft)
    return getAgent(trx, agentId, version)
  })
}
