import { type Actor, recordEntry } from '../audit/index.ts'
import { type ConversationKind, type Db, transact } from '../db/index.ts'
import { notFound } from '../errors.ts'
import { lockAgent } from './agent-store.ts'
import type { AgentsAnnouncements } from './announcements.ts'
import { removeVersions } from './removal-store.ts'
import { selectVersions } from './version-store.ts'

/**
 * Deletes an agent of this kind with all its versions, audited. Its conversations stay, with their analyses and what these say to
 * the CRM; they cannot be rerun any more. A new conversation of it brings it back as one we have never heard of. A second time is
 * `agent.not_found` (404), as an unknown one is. Throws `agent.in_use` (409) where something still needs it.
 */
export async function deleteAgent(
  deps: { db: Db; next: AgentsAnnouncements },
  { agentId, kind, actor }: { agentId: string; kind: ConversationKind; actor: Actor },
): Promise<void> {
  await transact(deps.db, async (trx) => {
    const agent = await lockAgent(trx, agentId)
    const versions = await selectVersions(trx, agentId)
    if (agent?.kind !== kind || versions.length === 0) throw notFound('agent', agentId)
    await deps.next.agentLeaves(trx, { agentId })
    await removeVersions(trx, { agentId })
    await recordEntry(trx, {
      actor,
      action: 'agent.deleted',
      subject: { kind: 'agent', id: agentId },
      before: {
        name: agent.name,
        versions: versions.map(({ version, hash, publishedAt }) => ({
          version,
          hash,
          published: publishedAt !== null,
        })),
      },
    })
  })
}
