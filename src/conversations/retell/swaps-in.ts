import type { Swap } from '../../agents/index.ts'
import { transferSettings } from '../../agents/index.ts'

/**
 * The ways in which an LLM or a conversation flow hands conversations to other agents: its tools and nodes of the type `agent_swap`,
 * wherever they stand (general tools, those of states, of nodes and of components). Pure. @see reference/retell.md 1.6
 */
export function swapsIn(engine: unknown): Swap[] {
  if (Array.isArray(engine)) return engine.flatMap(swapsIn)
  if (typeof engine !== 'object' || engine === null) return []
  const { type, agent_id, agent_version, name, id, edge, post_call_analysis_setting, ...rest } = engine as Record<
    string,
    unknown
  >
  if (type !== 'agent_swap' || typeof agent_id !== 'string') return swapsIn(Object.values(engine))
  // A node has an edge to follow where the transfer fails; a tool has none.
  const isNode = edge !== undefined
  return [
    {
      tool: !isNode && typeof name === 'string' ? name : null,
      node: isNode && typeof id === 'string' ? id : null,
      agentId: agent_id,
      version: versionIn(agent_version),
      setting: transferSettings.find((known) => known === post_call_analysis_setting) ?? null,
    },
    ...swapsIn(Object.values(rest)),
  ]
}

/** A number, also in text; `latest` or a tag points elsewhere tomorrow. */
export function versionIn(reference: unknown): number | null {
  const version = typeof reference === 'string' && /^\d{1,9}$/.test(reference) ? Number(reference) : reference
  return typeof version === 'number' && Number.isInteger(version) && version >= 0 && version <= 2_147_483_647
    ? version
    : null
}
