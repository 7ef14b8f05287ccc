import type { Actor } from '../audit/index.ts'
import { type ConversationKind, type Db, transact } from '../db/index.ts'
import { notFound } from '../errors.ts'
import { nextVersion } from './agent-store.ts'
import { configFromRetell } from './config-from-retell.ts'
import { nameAgent } from './name-agent.ts'
import { defaultConfig } from './presets.ts'
import { getAgent } from './read-agents.ts'
import { asBase, nameOfAgent, restOfAgent } from './retell-fields.ts'
import { type VersionName, versionNamed } from './version-name.ts'
import { type AgentVersion, selectVersions } from './version-store.ts'
import { frozen, writeVersion } from './write-version.ts'

export type DraftInput = {
  agentId: string
  kind: ConversationKind
  /** The draft to edit; without it, or as `latest`, the one with the highest number. */
  version?: VersionName
  /** True: an agent that is not there, or of the other kind, is told, not added. */
  isKnown?: boolean
  /** Fields of the source product's agent object; what is absent stays as it is. */
  body: Record<string, unknown>
  actor: Actor
}

/**
 * Edits a draft of an agent, or begins one on the latest published version where there is none; an unknown agent is added.
 * Audited in the same transaction; the same input twice changes nothing the second time. Returns the draft as it is now.
 * Throws `agent.config_invalid` (400), `agent.not_found` (404, also a version that is not there), `agent.version_frozen` and
 * `agent.kind_differs` (409).
 */
export async function saveDraft(deps: { db: Db }, input: DraftInput): Promise<AgentVersion> {
  const { agentId, kind, body, actor } = input
  return transact(deps.db, async (trx) => {
    if (input.isKnown && (await getAgent(trx, agentId)).kind !== kind) throw notFound('agent', agentId)
    await nameAgent(trx, actor, { id: agentId, kind, name: nameOfAgent(body) })
    const versions = await selectVersions(trx, agentId)
    const draft = draftAmong(versions, input)
    const base = draft ?? versions.at(0)
    const version = draft?.version ?? (await nextVersion(trx, agentId))
    await writeVersion(trx, actor, draft, {
      agentId,
      version,
      baseVersion: draft ? draft.baseVersion : (base?.version ?? null),
      config: configFromRetell({ id: agentId, kind }, body, base?.config ?? defaultConfig(kind)),
      raw: { ...(draft ? draft.raw : asBase(base?.raw ?? {})), ...restOfAgent(body) },
    })
    return getAgent(trx, agentId, version)
  })
}

/** `versions` come newest first. */
function draftAmong(versions: AgentVersion[], { agentId, version }: DraftInput): AgentVersion | undefined {
  if (version === undefined || version === 'latest') return versions.find((one) => one.publishedAt === null)
  const asked = versionNamed(versions, version)
  if (asked === undefined) throw notFound('agent', `${agentId} version ${version}`)
  if (asked.publishedAt !== null) throw frozen(agentId, asked.version)
  return asked
}
