import type { Db, Trx } from '../db/index.ts'
import { notFound } from '../errors.ts'
import type { AgentItems } from './agent-file.ts'
import {
  type AgentsWanted,
  type ListedAgent,
  type ListedVersion,
  selectAgentPage,
  selectVersionPage,
  type VersionsWanted,
} from './list-store.ts'
import { numberNamed, type VersionName, versionNamed } from './version-name.ts'
import {
  type AgentVersion,
  selectNewestVersions,
  selectVersion,
  selectVersions,
  selectVersionsInUse,
} from './version-store.ts'

/** One version of an agent, by default the one with the highest number. Throws `agent.not_found` (404). */
export async function getAgent(db: Db | Trx, agentId: string, version?: VersionName): Promise<AgentVersion> {
  const number = version === undefined ? null : numberNamed(version)
  const found =
    number === null
      ? versionNamed(await selectVersions(db, agentId), version ?? 'latest')
      : await selectVersion(db, agentId, number)
  if (found === undefined) throw notFound('agent', version === undefined ? agentId : `${agentId} version ${version}`)
  return found
}

/** Every agent with the version that has the highest number, by name. */
export async function listAgents(db: Db): Promise<AgentVersion[]> {
  return selectNewestVersions(db)
}

/** Agents by page: so many behind one, and the id that the next page begins behind, null where this is the last. */
export async function listAgentPage(
  db: Db,
  wanted: AgentsWanted,
): Promise<{ items: ListedAgent[]; next: string | null }> {
  const found = await selectAgentPage(db, { ...wanted, limit: wanted.limit + 1 })
  const items = found.slice(0, wanted.limit)
  return { items, next: found.length > items.length ? (items.at(-1)?.agentId ?? null) : null }
}

/** Versions of an agent by page, and the number that the next page begins behind. Throws `agent.not_found` (404). */
export async function listVersionPage(
  db: Db,
  wanted: VersionsWanted,
): Promise<{ items: ListedVersion[]; next: number | null }> {
  const found = await selectVersionPage(db, { ...wanted, limit: wanted.limit + 1 })
  if (found.length === 0) await getAgent(db, wanted.agentId)
  const items = found.slice(0, wanted.limit)
  return { items, next: found.length > items.length ? (items.at(-1)?.version ?? null) : null }
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
