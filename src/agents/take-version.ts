import type { Actor } from '../audit/index.ts'
import { type ConversationKind, type Db, type Trx, transact } from '../db/index.ts'
import { agentsInFile } from './agent-file.ts'
import { configFromRetell } from './config-from-retell.ts'
import { nameAgent } from './name-agent.ts'
import { defaultConfig } from './presets.ts'
import { nameOfAgent, restOfAgent } from './retell-fields.ts'
import { type Swap, setSwaps } from './swaps.ts'
import { markPublished, markPulled, selectVersion } from './version-store.ts'
import { writeVersion } from './write-version.ts'

/** Where a version of an agent comes from; `pulled`: as its vendor has it, and edited by nobody here. */
type Origin = 'own' | 'stand_in' | 'pulled'

/** A version that we hold, as far as pulling goes. */
export type HeldVersion = { version: number; origin: Origin; isPublished: boolean }

export async function heldVersions(db: Db | Trx, agentId: string): Promise<HeldVersion[]> {
  const rows = await db
    .selectFrom('agent_versions')
    .select(['version', 'origin', 'published_at'])
    .where('agent_id', '=', agentId)
    .orderBy('version')
    .execute()
  return rows.map(({ version, origin, published_at }) => ({ version, origin, isPublished: published_at !== null }))
}

/**
 * Takes over one version of an agent as its vendor has it now, with the ways it hands conversations on, where those are known. Audited.
 * What somebody has edited here stays as it is, and so does what was published here. Throws `agent.file_invalid` and `agent.config_invalid`
 * (400) and `agent.kind_differs` (409).
 */
export async function takeVersion(
  deps: { db: Db },
  input: { kind: ConversationKind; agent: unknown; swaps: readonly Swap[] | null; actor: Actor },
): Promise<'new' | 'changed' | 'unchanged' | 'ours'> {
  const { kind, actor, swaps } = input
  const [found] = agentsInFile(kind === 'call' ? { agents: [input.agent] } : { chat_agents: [input.agent] })
  if (!found) throw new Error('one agent is one agent')
  const { agent } = found
  const { agent_id: agentId, version } = agent
  return transact(deps.db, async (trx) => {
    await nameAgent(trx, actor, { id: agentId, kind, name: nameOfAgent(agent) })
    const held = (await heldVersions(trx, agentId)).find((each) => each.version === version)
    if (held && (held.origin === 'own' || held.isPublished)) {
      if (swaps) await setSwaps(trx, agentId, version, swaps)
      return 'ours'
    }
    const stored = await writeVersion(trx, actor, await selectVersion(trx, agentId, version), {
      agentId,
      version,
      baseVersion: agent.base_version ?? null,
      config: configFromRetell({ id: agentId, kind }, agent, defaultConfig(kind)),
      raw: restOfAgent(agent),
      origin: 'pulled',
    })
    await markPulled(trx, agentId, version)
    if (swaps) await setSwaps(trx, agentId, version, swaps)
    const published = agent.is_published === true && (await markPublished(trx, agentId, version))
    return published && stored === 'unchanged' ? 'changed' : stored
  })
}
