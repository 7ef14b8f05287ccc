import { sql } from 'kysely'
import type { ConversationKind, Db, Trx } from '../db/index.ts'

export type AgentIdentity = { id: string; kind: ConversationKind; name: string | null }

/** Holds the agent against every other change of its versions until the transaction ends. */
export async function lockAgent(trx: Trx, agentId: string): Promise<AgentIdentity | undefined> {
  return trx
    .selectFrom('agents')
    .select(['id', 'kind', 'name'])
    .where('id', '=', agentId)
    .forUpdate()
    .executeTakeFirst()
}

/** Adds those that are not there yet and returns them. */
export async function insertAgents(trx: Trx, agents: AgentIdentity[]): Promise<AgentIdentity[]> {
  if (agents.length === 0) return []
  return trx
    .insertInto('agents')
    .values(agents.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(({ id, kind, name }) => ({ id, kind, name })))
    .onConflict((conflict) => conflict.doNothing())
    .returning(['id', 'kind', 'name'])
    .execute()
}

/** Those of these agents that have no version, because they were deleted, each held as `lockAgent` does. */
export async function selectVersionless(trx: Trx, agentIds: string[]): Promise<AgentIdentity[]> {
  if (agentIds.length === 0) return []
  const versionless = await versionlessOf(trx, agentIds).execute()
  if (versionless.length === 0) return []
  const ids = versionless.map(({ id }) => id)
  await trx.selectFrom('agents').select('id').where('id', 'in', ids).orderBy('id').forUpdate().execute()
  // Looked at again: somebody else may have begun a version until we had the lock.
  return versionlessOf(trx, ids).execute()
}

function versionlessOf(trx: Trx, agentIds: string[]) {
  return trx
    .selectFrom('agents')
    .select(['id', 'kind', 'name'])
    .where('id', 'in', agentIds)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('agent_versions').select('version').whereRef('agent_id', '=', 'agents.id'))),
    )
    .orderBy('id')
}

/** The number of an agent's next version: behind every one that it has or had. Needs the agent's lock. */
export async function nextVersion(trx: Trx, agentId: string): Promise<number> {
  const { rows } = await sql<{ next: number }>`
    select greatest(deleted_version, (select max(version) from agent_versions where agent_id = agents.id), -1) + 1 as next
    from agents where id = ${agentId}`.execute(trx)
  return rows[0]?.next ?? 0
}

export async function renameAgent(trx: Trx, agentId: string, name: string | null): Promise<void> {
  await trx.updateTable('agents').set({ name }).where('id', '=', agentId).execute()
}

export async function selectAgent(db: Db | Trx, agentId: string) {
  return db
    .selectFrom('agents')
    .select(['id as agentId', 'kind', 'name', 'live'])
    .where('id', '=', agentId)
    .executeTakeFirst()
}

/** Who analyses the conversations of these agents first. */
export async function selectLive(db: Db | Trx, agentIds: readonly string[]): Promise<Map<string, 'vendor' | 'ours'>> {
  if (agentIds.length === 0) return new Map()
  const rows = await db.selectFrom('agents').select(['id', 'live']).where('id', 'in', agentIds).execute()
  return new Map(rows.map(({ id, live }) => [id, live]))
}

export async function updateLive(trx: Trx, agentId: string, live: 'vendor' | 'ours'): Promise<void> {
  await trx.updateTable('agents').set({ live }).where('id', '=', agentId).execute()
}
