import type { ToolCall } from '../filters/index.ts'
import type { Turn } from './types.ts'

/**
 * The tools that were called, in order, as filters ask for them. A call without a result has no success; how long it took is
 * known where both its entries are timed, which the source product does in chats alone (reference/retell.md 1.3, 1.4). Pure.
 */
export function toolCallsOf(turns: Turn[]): ToolCall[] {
  const results = new Map<unknown, Turn>()
  for (const turn of turns) if (turn.role === 'tool_call_result') results.set(turn.extra?.tool_call_id, turn)
  return turns.flatMap((turn) => {
    if (turn.role !== 'tool_call_invocation') return []
    const id = turn.extra?.tool_call_id
    return [toolCall(turn, id === undefined ? undefined : results.get(id))]
  })
}

function toolCall({ name, at, extra }: Turn, result: Turn | undefined): ToolCall {
  const call: ToolCall = {}
  if (name !== undefined) call.name = name
  if (typeof extra?.type === 'string') call.type = extra.type
  if (typeof result?.extra?.successful === 'boolean') call.success = result.extra.successful
  if (at !== null && typeof result?.at === 'number') call.latency_ms = Math.max(0, result.at - at)
  return call
}
