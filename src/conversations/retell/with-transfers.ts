import type { Swap } from '../../agents/index.ts'
import { versionIn } from './swaps-in.ts'

/** The ways in which a version of an agent hands conversations on; null: not known. */
export type SwapsOf = (agentId: string, version: number | null) => Promise<readonly Swap[] | null>

/**
 * A call of the source product with the transfers that its transcript tells of, each with the setting of the tool that was called or
 * the node that was entered: the call itself names neither (reference/retell.md 1.6). A call that says so itself, or of whose agent no
 * ways are known, comes back as it is. `transfersBy`: who wrote its `agent_transfers`.
 */
export async function withTransfers(
  object: unknown,
  swapsOf: SwapsOf,
): Promise<{ object: unknown; transfersBy: 'sent' | 'tool' }> {
  const asSent = { object, transfersBy: 'sent' } as const
  if (!isObject(object) || typeof object.agent_id !== 'string' || object.agent_transfers !== undefined) return asSent
  const entries = Array.isArray(object.transcript_with_tool_calls)
    ? object.transcript_with_tool_calls.filter(isObject)
    : []
  if (!entries.some(({ role }) => role === 'tool_call_invocation' || role === 'node_transition')) return asSent
  let swaps = await swapsOf(object.agent_id, versionIn(object.agent_version))
  const transfers: object[] = []
  for (const [place, entry] of entries.entries()) {
    const swap = swaps?.find((each) => isBy(each, entry))
    if (!swap || hasFailed(entry, entries.slice(place + 1))) continue
    transfers.push({
      agent_id: swap.agentId,
      ...(swap.version !== null && { agent_version: swap.version }),
      ...(swap.setting !== null && { post_call_analysis_setting: swap.setting }),
    })
    swaps = await swapsOf(swap.agentId, swap.version)
  }
  if (transfers.length === 0) return asSent
  return { object: { ...object, agent_transfers: transfers }, transfersBy: 'tool' }
}

function isBy({ tool, node }: Swap, { role, name, new_node_id }: Record<string, unknown>): boolean {
  if (role === 'tool_call_invocation') return tool !== null && tool === name
  return role === 'node_transition' && node !== null && node === new_node_id
}

/** A tool says so in its result; a flow leaves the node by the edge it has for that. */
function hasFailed(entry: Record<string, unknown>, later: Record<string, unknown>[]): boolean {
  if (entry.role === 'node_transition')
    return later.some(({ role, former_node_id }) => role === 'node_transition' && former_node_id === entry.new_node_id)
  return later.some(
    ({ role, tool_call_id, successful }) =>
      role === 'tool_call_result' && tool_call_id === entry.tool_call_id && successful === false,
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
