import { randomBytes } from 'node:crypto'
import type { Actor } from '../audit/index.ts'
import { type ConversationKind, type Db, transact } from '../db/index.ts'
import { configFromRetell } from './config-from-retell.ts'
import { nameAgent } from './name-agent.ts'
import { defaultConfig } from './presets.ts'
import { getAgent } from './read-agents.ts'
import { nameOfAgent, restOfAgent } from './retell-fields.ts'
import type { AgentVersion } from './version-store.ts'
import { writeVersion } from './write-version.ts'

/**
 * Adds an agent under an id of ours, with draft 0 out of the fields of the source product's agent object, audited; what is absent is
 * as with an agent nobody configured. Twice makes two. Throws `agent.config_invalid` and `agent.invalid` (400).
 */
export async function createAgent(
  deps: { db: Db },
  input: { kind: ConversationKind; body: Record<string, unknown>; actor: Actor },
): Promise<AgentVersion> {
  const { kind, body, actor } = input
  // As long as those of the source product, and never one of them.
  const agentId = `agent_${randomBytes(13).toString('hex')}`
  return transact(deps.db, async (trx) => {
    await nameAgent(trx, actor, { id: agentId, kind, name: nameOfAgent(body) ?? null })
    const config = configFromRetell({ id: agentId, kind }, body, defaultConfig(kind))
    const draft = { agentId, version: 0, baseVersion: null, config, raw: restOfAgent(body) }
    await writeVersion(trx, actor, undefined, draft)
    return getAgent(trx, agentId)
  })
}
