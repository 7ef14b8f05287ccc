import { createRoute, z } from '@hono/zod-openapi'
import { liveSettings } from '../../agents/index.ts'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, refusals, takes } from '../router.ts'

const settingsSchema = z
  .object({
    agent_id: z.string(),
    kind: z.enum(['call', 'chat']),
    name: z.string().nullable(),
    live: z.enum(liveSettings),
  })
  .openapi('AgentSettings')

const update = createRoute({
  method: 'patch',
  path: '/v1/agents/{agent_id}',
  summary:
    'Says who analyses conversations of an agent first when they end: their vendor (else we, after 15 minutes), or we',
  request: {
    params: z.object({ agent_id: z.string().min(1) }),
    body: takes(z.strictObject({ live: z.enum(liveSettings) })),
  },
  responses: { 200: answers('the agent as it is now', settingsSchema), ...refusals },
})

export function v1AgentRoutes(deps: Pick<HttpDeps, 'setLive'>) {
  return createRouter().openapi(update, async (c) => {
    const { agent_id: agentId } = c.req.valid('param')
    const { kind, name, live } = await deps.setLive({ agentId, ...c.req.valid('json'), actor: c.get('actor') })
    return c.json({ agent_id: agentId, kind, name, live }, 200)
  })
}
