import type { Trx } from '../db/index.ts'
import { type AgentIdentity, insertAgents } from './agent-store.ts'
import { defaultConfig } from './presets.ts'
import { insertVersions } from './version-store.ts'

/**
 * Makes sure of the agents that conversations name. One we have never heard of begins with draft 0, which extracts the
 * built-in items; known ones are left as they are. Each id once; twice is safe.
 */
export async function ensureAgents(trx: Trx, agents: AgentIdentity[]): Promise<void> {
  const added = await insertAgents(trx, agents)
  await insertVersions(
    trx,
    added.map(({ id, kind }) => ({
      agentId: id,
      version: 0,
      baseVersion: null,
      config: defaultConfig(kind),
      raw: {},
      origin: 'stand_in',
    })),
  )
}
