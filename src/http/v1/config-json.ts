import { z } from '@hono/zod-openapi'
import { type ConfigPart, type ConfigSource, partsOf, settingSources, transferSettings } from '../../agents/index.ts'

const state = z.enum(['draft', 'published'])

export const partSchema = z.object({
  agent_id: z.string(),
  version: z.number(),
  state,
  setting: z
    .enum(transferSettings)
    .nullable()
    .openapi({ description: 'whose items count after the transfer to this agent; null for the first' }),
  setting_from: z.enum(settingSources).nullable().openapi({
    description:
      'who said so: the conversation as it was sent, the transfer tool called in it, the agent it came from, or nobody (`default`: the destination alone); null for the first, where it was not kept, and in plans where it stands in the conversations',
  }),
})

export const configSchema = z
  .object({
    state: z.enum(['draft', 'published', 'inline']),
    agent_id: z.string(),
    version: z.number().nullable(),
    hash: z.string(),
    agents: z.array(partSchema).openapi({ description: 'every version that took part, in the order of transfers' }),
  })
  .openapi('ConfigSource')

export function toConfigJson(source: ConfigSource): z.infer<typeof configSchema> {
  const { agentId, version, isDraft, hash } = source
  const state = version === null ? ('inline' as const) : stateOf(isDraft)
  return { state, agent_id: agentId, version, hash, agents: partsOf(source).map(toPartJson) }
}

export function toPartJson(part: ConfigPart): z.infer<typeof partSchema> {
  const { agentId, version, isDraft, setting, settingFrom } = part
  return { agent_id: agentId, version, state: stateOf(isDraft), setting, setting_from: settingFrom ?? null }
}

function stateOf(isDraft: boolean): z.infer<typeof state> {
  return isDraft ? 'draft' : 'published'
}
