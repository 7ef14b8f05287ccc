import type { ConversationKind, Trx } from '../db/index.ts'
import { type AgentIdentity, insertAgents, nextVersion, selectVersionless } from './agent-store.ts'
import { defaultConfig } from './presets.ts'
import { insertVersions } from './version-store.ts'

/**
 * Makes sure of the agents that conversations name. One we have never heard of begins with draft 0, which extracts the
 * built-in items, and so does one that was deleted, under its next number; known ones are left as they are. Each id once; twice is
 * safe.
 */
export async function ensureAgents(trx: Trx, agents: AgentIdentity[]): Promise<void> {
  const added = await insertAgents(trx, agents)
  const known = agents.filter(({ id }) => !added.some((agent) => agent.id === id))
  await insertVersions(
    trx,
    added.map(({ id, kind }) => beginning(id, kind, 0)),
  )
  for (const { id, kind } of await selectVersionless(
    trx,
    known.map((agent) => agent.id),
  ))
    await insertVersions(trx, [beginning(id, kind, await nextVersion(trx, id))])
}

function beginning(agentId: string, kind: ConversationKind, version: number) {
  return { agentId, version, baseVersion: null, config: defaultConfig(kind), raw: {}, origin: 'stand_in' as const }
}
