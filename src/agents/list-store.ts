import { sql } from 'kysely'
import type { ConversationKind, Db } from '../db/index.ts'
import { tagsOf } from './version-name.ts'
import type { AgentVersion } from './version-store.ts'

export type AgentsWanted = {
  kinds: readonly ConversationKind[]
  /** Part of the name, whatever its case, or of the id. */
  query?: string | undefined
  /** Agents behind this one. */
  after?: string | undefined
  ascending: boolean
  limit: number
}

export type ListedAgent = {
  agentId: string
  kind: ConversationKind
  name: string | null
  changedAt: Date
  /** The version that each tag stands on. */
  tags: Record<string, number>
}

/**
 * Agents that have not been deleted, in the order in which we came to know them, which no edit changes: so a page by key neither
 * repeats nor leaves out. One statement.
 */
export async function selectAgentPage(db: Db, wanted: AgentsWanted): Promise<ListedAgent[]> {
  const { kinds, query, after, ascending, limit } = wanted
  const [order, behind] = ascending ? [sql`asc`, sql`>`] : [sql`desc`, sql`<`]
  const { rows } = await sql<Omit<ListedAgent, 'tags'> & { tagged: { version: number; tags: unknown }[] }>`
    select agents.id as "agentId", kind, name, held."changedAt", held.tagged
    from agents cross join lateral (
      select max(updated_at) as "changedAt", coalesce(jsonb_agg(
        jsonb_build_object('version', version, 'tags', raw -> 'assigned_tags') order by version
      ) filter (where raw ? 'assigned_tags'), '[]') as tagged
      from agent_versions where agent_id = agents.id
    ) as held
    where held."changedAt" is not null and kind = any(${kinds}::text[])
      and (${query ?? null}::text is null or strpos(lower(name), lower(${query ?? ''})) > 0 or strpos(id, ${query ?? ''}) > 0)
      and (${after ?? null}::text is null or (created_at, id) ${behind} (
        select created_at, id from agents where id = ${after ?? ''}
      ))
    order by created_at ${order}, id ${order}
    limit ${limit}`.execute(db)
  return rows.map(({ tagged, ...agent }) => ({ ...agent, tags: Object.fromEntries(tagged.flatMap(tagsAt)) }))
}

function tagsAt({ version, tags }: { version: number; tags: unknown }): [string, number][] {
  return tagsOf({ raw: { assigned_tags: tags } }).map((tag) => [tag, version])
}

export type VersionsWanted = { agentId: string; after?: number | undefined; ascending: boolean; limit: number }

/** What a list tells of a version. */
export type ListedVersion = Pick<AgentVersion, 'kind' | 'version' | 'baseVersion' | 'publishedAt' | 'updatedAt' | 'raw'>

/** Versions of one agent by their numbers, behind one; without what they extract. */
export async function selectVersionPage(db: Db, wanted: VersionsWanted): Promise<ListedVersion[]> {
  const { agentId, after, ascending, limit } = wanted
  const rows = await db
    .selectFrom('agent_versions')
    .innerJoin('agents', 'agents.id', 'agent_versions.agent_id')
    .select(['kind', 'version', 'base_version', 'published_at', 'updated_at', 'raw'])
    .where('agent_id', '=', agentId)
    .$if(after !== undefined, (query) => query.where('version', ascending ? '>' : '<', after ?? 0))
    .orderBy('version', ascending ? 'asc' : 'desc')
    .limit(limit)
    .execute()
  return rows.map(({ kind, version, raw, ...row }) => {
    return {
      kind,
      version,
      raw,
      baseVersion: row.base_version,
      publishedAt: row.published_at,
      updatedAt: row.updated_at,
    }
  })
}
