import { type Actor, recordEntry } from '../audit/index.ts'
import { type Db, transact } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { lockAgent } from './agent-store.ts'
import { getAgent } from './read-agents.ts'
import { type AgentVersion, markPublished, selectWorkingVersion, updateDraft } from './version-store.ts'
import { frozen } from './write-version.ts'

/** What people call a version, and say of it, in the source product's words. */
type VersionWords = { version_title?: string | undefined; version_description?: string | undefined }

/**
 * Publishes a draft, by default the one with the highest number: from then on it never changes. Returns it.
 * Throws `agent.not_found` (404), `agent.version_frozen` (409, published already) and `agent.no_draft` (409).
 */
export async function publishVersion(
  deps: { db: Db },
  input: { agentId: string; version?: number; words?: VersionWords; actor: Actor },
): Promise<AgentVersion> {
  const { agentId, words = {}, actor } = input
  return transact(deps.db, async (trx) => {
    await lockAgent(trx, agentId)
    const version = input.version ?? (await selectWorkingVersion(trx, agentId))?.version
    const before = await getAgent(trx, agentId, version)
    if (before.publishedAt !== null)
      throw input.version === undefined ? noDraft(agentId) : frozen(agentId, input.version)
    const said = Object.entries(words).filter(([, text]) => text !== undefined)
    if (said.length > 0) await updateDraft(trx, { ...before, raw: { ...before.raw, ...Object.fromEntries(said) } })
    await markPublished(trx, agentId, before.version)
    await recordEntry(trx, {
      actor,
      action: 'agent.published',
      subject: { kind: 'agent', id: agentId },
      after: { version: before.version, hash: before.hash },
    })
    return getAgent(trx, agentId, before.version)
  })
}

function noDraft(agentId: string): AppError {
  return new AppError('agent.no_draft', 'skip', `agent ${agentId} has no draft to publish`, { status: 409 })
}
