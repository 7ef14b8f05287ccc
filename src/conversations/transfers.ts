import { z } from 'zod'
import { type Transfer, transferSettings } from '../agents/index.ts'
import { versionIn } from './retell/swaps-in.ts'
import type { RetellCall } from './retell-schema.ts'
import type { Turn } from './types.ts'

/** The tool, or flow node, that hands a conversation to another agent (reference/retell.md 1.6). */
const transferTool = 'agent_swap'

const argumentsSchema = z.object({
  // What PostgreSQL cannot store names no agent.
  agent_id: z
    .string()
    .min(1)
    .max(200)
    .refine((id) => id.isWellFormed() && !id.includes('\0')),
  agent_version: z.union([z.int(), z.string()]).nullish().catch(null),
  post_call_analysis_setting: z.enum(transferSettings).nullish().catch(null),
})

/**
 * From which agent to which a conversation went, in order: as it was sent in `agent_transfers`, else as the calls of the transfer
 * tool tell that name an agent. A call that failed moved nobody. `sentBy`: who wrote `agent_transfers`. Pure.
 */
export function transfersOf(
  sent: RetellCall['agent_transfers'],
  turns: Turn[],
  sentBy: 'sent' | 'tool' = 'sent',
): Transfer[] {
  if (sent) {
    return sent.map(({ agent_id, agent_version = null, post_call_analysis_setting: setting = null }) => {
      return { agentId: agent_id, version: agent_version, setting, ...(setting && { settingFrom: sentBy }) }
    })
  }
  const failed = new Set(
    turns.flatMap(({ role, extra }) =>
      role === 'tool_call_result' && extra?.successful === false ? [extra.tool_call_id] : [],
    ),
  )
  return turns.flatMap((turn) => {
    const { role, name, extra } = turn
    if (role !== 'tool_call_invocation' || (extra?.type ?? name) !== transferTool) return []
    if (extra?.tool_call_id !== undefined && failed.has(extra.tool_call_id)) return []
    const asked = argumentsSchema.safeParse(parsed(extra?.arguments))
    if (!asked.success) return []
    const { agent_id, agent_version, post_call_analysis_setting: setting = null } = asked.data
    const settingFrom = setting && ({ settingFrom: 'tool' } as const)
    return [{ agentId: agent_id, version: versionIn(agent_version), setting, ...settingFrom }]
  })
}

function parsed(text: unknown): unknown {
  if (typeof text !== 'string') return text
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
