import type { Actor } from '../audit/index.ts'
import { type ConversationKind, type Db, type Trx, transact } from '../db/index.ts'
import { agentsInFile, type RetellAgent } from './agent-file.ts'
import { configFromRetell } from './config-from-retell.ts'
import { nameAgent } from './name-agent.ts'
import { defaultConfig } from './presets.ts'
import { nameOfAgent, restOfAgent } from './retell-fields.ts'
import { markPublished, selectVersion } from './version-store.ts'
import { writeVersion } from './write-version.ts'

export type AgentImport = { agentId: string; version: number; stored: 'new' | 'changed' | 'unchanged' }

/**
 * Takes over agents of the source product, `{ agents: [...], chat_agents: [...] }`, each in exactly the version it names.
 * All or none, audited; the same file twice changes nothing. Throws `agent.file_invalid` and `agent.config_invalid` (400)
 * and `agent.version_frozen` (409, where a published version says something else).
 */
export async function importAgents(deps: { db: Db }, input: { file: unknown; actor: Actor }): Promise<AgentImport[]> {
  const agents = agentsInFile(input.file).toSorted((a, b) => (a.agent.agent_id < b.agent.agent_id ? -1 : 1))
  return transact(deps.db, async (trx) => {
    const report: AgentImport[] = []
    for (const { kind, agent } of agents) report.push(await importAgent(trx, input.actor, kind, agent))
    return report
  })
}

async function importAgent(trx: Trx, actor: Actor, kind: ConversationKind, agent: RetellAgent): Promise<AgentImport> {
  const { agent_id: agentId, version } = agent
  await nameAgent(trx, actor, { id: agentId, kind, name: nameOfAgent(agent) })
  const before = await selectVersion(trx, agentId, version)
  const stored = await writeVersion(trx, actor, before, {
    agentId,
    version,
    baseVersion: agent.base_version ?? null,
    config: configFromRetell({ id: agentId, kind }, agent, defaultConfig(kind)),
    raw: restOfAgent(agent),
  })
  const publish = agent.is_published === true && (await markPublished(trx, agentId, version))
  return { agentId, version, stored: publish && stored === 'unchanged' ? 'changed' : stored }
}
