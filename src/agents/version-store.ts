import { type Selectable, sql } from 'kysely'
import { type ConversationKind, type Database, type Db, json, type Trx } from '../db/index.ts'
import { configHash } from './config-hash.ts'
import { type AnalysisConfig, configSchema } from './items.ts'

/** One version of an agent, with the agent's own name and kind. Published: frozen. Not published: a draft. */
export type AgentVersion = {
  agentId: string
  kind: ConversationKind
  name: string | null
  version: number
  baseVersion: number | null
  publishedAt: Date | null
  updatedAt: Date
  hash: string
  config: AnalysisConfig
  /** What the vendor's agent object holds besides, returned untouched. */
  raw: Record<string, unknown>
}

export type NewVersion = Pick<AgentVersion, 'agentId' | 'version' | 'baseVersion' | 'config' | 'raw'> & {
  /** `own` unless told: somebody here has said what it extracts. */
  origin?: 'own' | 'stand_in' | 'pulled'
}

function toVersion(
  row: Selectable<Database['agent_versions']> & { kind: ConversationKind; name: string | null },
): AgentVersion {
  return {
    agentId: row.agent_id,
    kind: row.kind,
    name: row.name,
    version: row.version,
    baseVersion: row.base_version,
    publishedAt: row.published_at,
    updatedAt: row.updated_at,
    hash: row.config_hash,
    config: configSchema.parse(row.config),
    raw: row.raw,
  }
}

function versions(db: Db | Trx) {
  return db
    .selectFrom('agent_versions')
    .innerJoin('agents', 'agents.id', 'agent_versions.agent_id')
    .selectAll('agent_versions')
    .select(['agents.kind', 'agents.name'])
}

export async function selectVersions(db: Db | Trx, agentId: string): Promise<AgentVersion[]> {
  const rows = await versions(db).where('agent_id', '=', agentId).orderBy('version', 'desc').execute()
  return rows.map(toVersion)
}

export async function selectVersion(db: Db | Trx, agentId: string, version: number): Promise<AgentVersion | undefined> {
  const row = await versions(db).where('agent_id', '=', agentId).where('version', '=', version).executeTakeFirst()
  return row && toVersion(row)
}

/** The version of every agent with the highest number, by name. */
export async function selectNewestVersions(db: Db): Promise<AgentVersion[]> {
  const rows = await versions(db)
    .distinctOn('agents.name')
    .distinctOn('agents.id')
    .orderBy('agents.name')
    .orderBy('agents.id')
    .orderBy('version', 'desc')
    .execute()
  return rows.map(toVersion)
}

/** Of every agent, or of these, the draft and the published version with the highest numbers: what reruns and new conversations use. */
export async function selectVersionsInUse(db: Db | Trx, agentIds?: readonly string[]): Promise<AgentVersion[]> {
  const rows = await versions(db)
    .distinctOn('agents.id')
    .distinctOn(sql`published_at is null`)
    .$if(agentIds !== undefined, (query) => query.where(sql<boolean>`agents.id = any(${agentIds})`))
    .orderBy('agents.id')
    .orderBy(sql`published_at is null`)
    .orderBy('version', 'desc')
    .execute()
  return rows.map(toVersion)
}

/** The draft with the highest number, else the published version with the highest. */
export async function selectWorkingVersion(db: Db | Trx, agentId: string): Promise<AgentVersion | undefined> {
  return (await selectWorkingVersions(db, [agentId])).get(agentId)
}

/** The same of many agents; those without a version are left out. */
export async function selectWorkingVersions(db: Db | Trx, agentIds: string[]): Promise<Map<string, AgentVersion>> {
  if (agentIds.length === 0) return new Map()
  const rows = await versions(db)
    .distinctOn('agents.id')
    .where('agents.id', 'in', agentIds)
    .orderBy('agents.id')
    .orderBy((eb) => eb('published_at', 'is', null), 'desc')
    .orderBy('version', 'desc')
    .execute()
  return new Map(rows.map((row) => [row.agent_id, toVersion(row)]))
}

/** Those of these versions that are ours. */
export async function selectHeldVersions(
  db: Db | Trx,
  asked: readonly { agentId: string; version: number | null }[],
): Promise<AgentVersion[]> {
  const known = asked.flatMap(({ agentId, version }) => (version === null ? [] : [{ agentId, version }]))
  if (known.length === 0) return []
  const rows = await versions(db)
    .where(({ eb, refTuple, tuple }) =>
      eb(
        refTuple('agent_id', 'version'),
        'in',
        known.map(({ agentId, version }) => tuple(agentId, version)),
      ),
    )
    .execute()
  return rows.map(toVersion)
}

export async function insertVersions(trx: Trx, added: NewVersion[]): Promise<void> {
  if (added.length === 0) return
  const rows = added.map((version) => ({
    agent_id: version.agentId,
    version: version.version,
    base_version: version.baseVersion,
    config: json(version.config),
    config_hash: configHash(version.config),
    raw: json(version.raw),
    origin: version.origin ?? 'own',
  }))
  await trx.insertInto('agent_versions').values(rows).execute()
}

type DraftChange = Pick<NewVersion, 'agentId' | 'version' | 'config' | 'raw' | 'origin'>

/** False where the version is published, or is not there. */
export async function updateDraft(trx: Trx, draft: DraftChange): Promise<boolean> {
  const row = await trx
    .updateTable('agent_versions')
    .set({
      config: json(draft.config),
      config_hash: configHash(draft.config),
      raw: json(draft.raw),
      origin: draft.origin ?? 'own',
      updated_at: sql`now()`,
    })
    .where('agent_id', '=', draft.agentId)
    .where('version', '=', draft.version)
    .where('published_at', 'is', null)
    .returning('version')
    .executeTakeFirst()
  return row !== undefined
}

/** False where the version is published already, or is not there. */
export async function markPublished(trx: Trx, agentId: string, version: number): Promise<boolean> {
  const row = await trx
    .updateTable('agent_versions')
    .set({ published_at: sql`now()`, updated_at: sql`now()` })
    .where('agent_id', '=', agentId)
    .where('version', '=', version)
    .where('published_at', 'is', null)
    .returning('version')
    .executeTakeFirst()
  return row !== undefined
}

/** What stood in for the vendor's word is that word now, also where it says the same. */
export async function markPulled(trx: Trx, agentId: string, version: number): Promise<void> {
  await trx
    .updateTable('agent_versions')
    .set({ origin: 'pulled' })
    .where('agent_id', '=', agentId)
    .where('version', '=', version)
    .where('origin', '=', 'stand_in')
    .execute()
}

export async function insertConfigs(trx: Trx, configs: { hash: string; config: AnalysisConfig }[]): Promise<void> {
  if (configs.length === 0) return
  await trx
    .insertInto('analysis_configs')
    .values(configs.map(({ hash, config }) => ({ hash, config: json(config) })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
