import type { Db, Trx } from '../db/index.ts'
import { notFound } from '../errors.ts'
import type { AgentItems } from './agent-file.ts'
import {
  type AgentVersion,
  selectNewestVersions,
  selectVersion,
  selectVersions,
  selectVersionsInUse,
} from './version-store.ts'

/** One version of an agent, by default the one with the highest number. Throws `agent.not_found` (404). */
export async function getAgent(db: Db | Trx, agentId: string, version?: number): Promise<AgentVersion> {
  const found =
    version === undefined ? (await selectVersions(db, agentId)).at(0) : await selectVersion(db, agentId, version)
  if (found === undefined) throw notFound('agent', version === undefined ? agentId : `${agentId} version ${version}`)
  return found
}

/** Every agent with the version that has the highest number, by name. */
export async function listAgents(db: Db): Promise<AgentVersion[]> {
  return selectNewestVersions(db)
}

/** What reruns (the newest draft) and new conversations (the newest published version) extract, of every agent. */
export async function itemsInUse(db: Db): Promise<AgentItems[]> {
  const versions = await selectVersionsInUse(db)
  return versions.map(({ agentId, kind, config }) => ({ agentId, kind, items: config.items }))
}

/** The models that those configs name, each with how many agents do. */
export async function modelsInUse(db: Db): Promise<Map<string, number>> {
  const named = Map.groupBy(await selectVersionsInUse(db), ({ config }) => config.model)
  return new Map([...named].map(([model, versions]) => [model, new Set(versions.map(({ agentId }) => agentId)).size]))
}

/** All versions of an agent, newest first. Throws `agent.not_found` (404). */
export async function listVersions(db: Db, agentId: string): Promise<AgentVersion[]> {
  const versions = await selectVersions(db, agentId)
  if (versions.length === 0) throw notFound('agent', agentId)
  return versions
}
