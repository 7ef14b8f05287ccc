import { type Actor, recordEntry } from '../audit/index.ts'
import { type Db, type Trx, transact } from '../db/index.ts'
import { AppError, notFound } from '../errors.ts'
import { lockAgent, selectAgent, selectLive, updateLive } from './agent-store.ts'

/** Who analyses the conversations of an agent first, when they end: their vendor, or we. */
export const liveSettings = ['vendor', 'ours'] as const
export type Live = (typeof liveSettings)[number]

export type AgentSettings = { agentId: string; kind: 'call' | 'chat'; name: string | null; live: Live }

/**
 * Says who analyses conversations of an agent first, from the next one on. Audited in the same transaction; the same again
 * changes nothing. Throws `agent.not_found` (404) and `agent.invalid` (400).
 */
export async function setLive(
  deps: { db: Db },
  { agentId, live, actor }: { agentId: string; live: string; actor: Actor },
): Promise<AgentSettings> {
  const wanted = liveSettings.find((each) => each === live)
  if (wanted === undefined)
    throw new AppError('agent.invalid', 'skip', `live must be ${liveSettings.join(' or ')}`, { status: 400 })
  return transact(deps.db, async (trx) => {
    if (!(await lockAgent(trx, agentId))) throw notFound('agent', agentId)
    const { live: before } = await agentSettings(trx, agentId)
    if (before !== wanted) {
      await updateLive(trx, agentId, wanted)
      await recordEntry(trx, {
        actor,
        action: 'agent.live_changed',
        subject: { kind: 'agent', id: agentId },
        before: { live: before },
        after: { live: wanted },
      })
    }
    return agentSettings(trx, agentId)
  })
}

/** An agent with its settings. Throws `agent.not_found` (404). */
export async function agentSettings(db: Db | Trx, agentId: string): Promise<AgentSettings> {
  const agent = await selectAgent(db, agentId)
  if (agent === undefined) throw notFound('agent', agentId)
  return agent
}

/** Who analyses the conversations of each of these agents first. Agents that are not there are left out. */
export async function liveOf(db: Db | Trx, agentIds: readonly string[]): Promise<Map<string, Live>> {
  return selectLive(db, agentIds)
}
