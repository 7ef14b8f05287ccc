import type { Actor } from '../audit/index.ts'
import { type ConversationKind, type Db, transact } from '../db/index.ts'
import { notFound } from '../errors.ts'
import { configFromRetell } from './config-from-retell.ts'
import { nameAgent } from './name-agent.ts'
import { defaultConfig } from './presets.ts'
import { getAgent } from './read-agents.ts'
import { nameOfAgent, restOfAgent } from './retell-fields.ts'
import { type AgentVersion, selectVersions } from './version-store.ts'
import { frozen, writeVersion } from './write-version.ts'

export type DraftInput = {
  agentId: string
  kind: ConversationKind
  /** The draft to edit; without it the one with the highest number. */
  version?: number
  /** Fields of the source product's agent object; what is absent stays as it is. */
  body: Record<string, unknown>
  actor: Actor
}

/**
 * Edits a draft of an agent, or begins one on the latest published version where there is none; an unknown agent is added.
 * Audited in the same transaction; the same input twice changes nothing the second time. Returns the draft as it is now.
 * Throws `agent.config_invalid` (400), `agent.not_found` (404, a version that is not there), `agent.version_frozen` and
 * `agent.kind_differs` (409).
 */
export async function saveDraft(deps: { db: Db }, input: DraftInput): Promise<AgentVersion> {
  const { agentId, kind, body, actor } = input
  return transact(deps.db, async (trx) => {
    await nameAgent(trx, actor, { id: agentId, kind, name: nameOfAgent(body) })
    const versions = await selectVersions(trx, agentId)
    const draft = draftAmong(versions, input)
    const base = draft ?? versions.at(0)
    const version = draft?.version ?? (base ? base.version + 1 : 0)
    await writeVersion(trx, actor, draft, {
      agentId,
      version,
      baseVersion: draft ? draft.baseVersion : (base?.version ?? null),
      config: configFromRetell({ id: agentId, kind }, body, base?.config ?? defaultConfig(kind)),
      raw: { ...base?.raw, ...restOfAgent(body) },
    })
    return getAgent(trx, agentId, version)
  })
}

/** `versions` come newest first. */
function draftAmong(versions: AgentVersion[], { agentId, version }: DraftInput): AgentVersion | undefined {
  if (version === undefined) return versions.find((one) => one.publishedAt === null)
  const asked = versions.find((one) => one.version === version)
  if (asked === undefined) throw notFound('agent', `${agentId} version ${version}`)
  if (asked.publishedAt !== null) throw frozen(agentId, version)
  return asked
}
