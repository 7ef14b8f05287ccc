import { type HeldVersion, heldVersions, type Swap, swapsOf, takeVersion } from '../../agents/index.ts'
import type { Actor } from '../../audit/index.ts'
import type { ConversationKind, Db } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { RetellApi } from './api.ts'
import { swapsIn } from './swaps-in.ts'
import type { SwapsOf } from './with-transfers.ts'

export type AgentPuller = {
  /** Sees to it that we hold what this version of an agent extracts, as far as its vendor still has it; true: this pull has brought it. */
  ensure(kind: ConversationKind, agentId: string, version: number | null): Promise<boolean>
  /** The same, and the ways in which it hands conversations on. */
  swapsOf: SwapsOf
  /** How many versions were new or other than before. */
  count(): number
}

/**
 * Pulls agents with their items as conversations name them, each version once: the one that held a conversation, and the newest, which
 * reruns use where it is a draft. What was edited here stays. An agent that cannot be used is told to the log and is held with the built-in items.
 */
export function pullAgents(deps: { db: Db; log: Log; api: RetellApi }, actor: Actor): AgentPuller {
  const { db, log, api } = deps
  const asked = new Map<string, Promise<boolean>>()
  const engines = new Map<string, Promise<Swap[] | null>>()
  let taken = 0

  async function take(kind: ConversationKind, agentId: string, version: number | null): Promise<boolean> {
    const agent = await api.agent(kind, agentId, version)
    if (agent === undefined) return false
    try {
      const swaps = kind === 'call' ? await swapsWith(agent.response_engine) : null
      const stored = await takeVersion({ db }, { kind, agent, swaps, actor })
      const isNew = stored === 'new' || stored === 'changed'
      if (isNew) taken += 1
      return isNew
    } catch (error) {
      if (!(error instanceof AppError) || error.recovery !== 'skip') throw error
      log.warn({ agent: agentId, version, code: error.code, reason: error.message }, 'an agent cannot be taken over')
      return false
    }
  }

  function swapsWith(engine: unknown): Promise<Swap[] | null> {
    const { type, llm_id, conversation_flow_id, version = null } = Object(engine)
    const key = JSON.stringify([type, llm_id, conversation_flow_id, version])
    const found = engines.get(key) ?? readSwaps()
    engines.set(key, found)
    return found

    async function readSwaps(): Promise<Swap[] | null> {
      const at = typeof version === 'number' ? version : null
      if (type === 'retell-llm' && typeof llm_id === 'string') return swapsOrNone(await api.llm(llm_id, at))
      if (type === 'conversation-flow' && typeof conversation_flow_id === 'string')
        return swapsOrNone(await api.flow(conversation_flow_id, at))
      return null
    }
  }

  async function ensureNow(kind: ConversationKind, agentId: string, version: number | null): Promise<boolean> {
    const held = await heldVersions(db, agentId)
    if (isSettled(held, version)) return false
    const numbers = new Set<number | null>([version, null, ...held.filter(isStandIn).map((each) => each.version)])
    let hasBrought = false
    for (const number of numbers) hasBrought = (await take(kind, agentId, number)) || hasBrought
    return hasBrought
  }

  const once = (key: string, work: () => Promise<boolean>) => {
    const under = asked.get(key) ?? work()
    asked.set(key, under)
    return under
  }
  const ensure: AgentPuller['ensure'] = (kind, agentId, version) =>
    once(`${kind} ${agentId} ${version}`, () => ensureNow(kind, agentId, version))
  return {
    ensure,
    swapsOf: async (agentId, version) => {
      await ensure('call', agentId, version)
      const known = await swapsOf(db, agentId, version)
      if (known !== null) return known
      // Of an agent that was imported from a file, or edited here, nobody has asked yet.
      await once(`swaps ${agentId} ${version}`, () => take('call', agentId, version))
      return swapsOf(db, agentId, version)
    },
    count: () => taken,
  }
}

function swapsOrNone(engine: unknown): Swap[] | null {
  return engine === undefined ? null : swapsIn(engine)
}

function isStandIn({ origin, isPublished }: HeldVersion): boolean {
  return origin === 'stand_in' && !isPublished
}

/** A draft of the vendor's may be another by now. */
function isSettled(held: HeldVersion[], version: number | null): boolean {
  if (version === null) return held.some((each) => !isStandIn(each))
  return held.some((each) => each.version === version && (each.origin === 'own' || each.isPublished))
}
