import { type Actor, recordEntry } from '../audit/index.ts'
import { type Db, transact } from '../db/index.ts'
import { AppError, notFound } from '../errors.ts'
import { lockAgent } from './agent-store.ts'
import type { AgentsAnnouncements } from './announcements.ts'
import { removeVersions } from './removal-store.ts'
import { selectVersions } from './version-store.ts'
import { frozen } from './write-version.ts'

/**
 * Deletes a draft, audited; analyses made with it stay. Throws `agent.not_found` (404), `agent.version_frozen` (409) for a published
 * version, `agent.last_version` (409) for the only one there is, and `agent.in_use` (409) where something still needs it.
 */
export async function deleteVersion(
  deps: { db: Db; next: AgentsAnnouncements },
  { agentId, version, actor }: { agentId: string; version: number; actor: Actor },
): Promise<void> {
  await transact(deps.db, async (trx) => {
    await lockAgent(trx, agentId)
    const versions = await selectVersions(trx, agentId)
    const before = versions.find((each) => each.version === version)
    if (before === undefined) throw notFound('agent', `${agentId} version ${version}`)
    if (before.publishedAt !== null) throw frozen(agentId, version)
    if (versions.length === 1) throw lastVersion(agentId, version)
    await deps.next.agentLeaves(trx, { agentId, version })
    await removeVersions(trx, { agentId, version })
    await recordEntry(trx, {
      actor,
      action: 'agent.version_deleted',
      subject: { kind: 'agent', id: agentId },
      before: { version, config: before.config },
    })
  })
}

function lastVersion(agentId: string, version: number): AppError {
  const message = `version ${version} is the only one of agent ${agentId}: delete the agent instead`
  return new AppError('agent.last_version', 'skip', message, { status: 409 })
}
