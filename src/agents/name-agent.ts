import { type Actor, recordEntry } from '../audit/index.ts'
import type { ConversationKind, Trx } from '../db/index.ts'
import { AppError, notFound } from '../errors.ts'
import { type AgentIdentity, insertAgents, lockAgent, renameAgent } from './agent-store.ts'

/** Without a name it keeps the one it has; null takes that away. */
type Named = Omit<AgentIdentity, 'name'> & { name: string | null | undefined }

/**
 * Makes sure of the agent, its kind and its name, and holds it against other changes until the transaction ends.
 * Throws `agent.kind_differs` (409): an agent of calls never becomes one of chats.
 */
export async function nameAgent(trx: Trx, actor: Actor, agent: Named): Promise<void> {
  await insertAgents(trx, [{ ...agent, name: agent.name ?? null }])
  const known = await lockAgent(trx, agent.id)
  if (known === undefined) throw notFound('agent', agent.id)
  if (known.kind !== agent.kind) throw kindDiffers(agent.id, known.kind)
  if (agent.name === undefined || agent.name === known.name) return
  await renameAgent(trx, agent.id, agent.name)
  await recordEntry(trx, {
    actor,
    action: 'agent.renamed',
    subject: { kind: 'agent', id: agent.id },
    before: { name: known.name },
    after: { name: agent.name },
  })
}

function kindDiffers(agentId: string, kind: ConversationKind): AppError {
  return new AppError('agent.kind_differs', 'skip', `agent ${agentId} is an agent of ${kind}s`, { status: 409 })
}
