import { createRoute, z } from '@hono/zod-openapi'
import { type AgentSettings, liveSettings } from '../../agents/index.ts'
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

const params = z.object({ agent_id: z.string().min(1) })

const read = createRoute({
  method: 'get',
  path: '/v1/agents/{agent_id}',
  summary: 'An agent with its settings',
  request: { params },
  responses: { 200: answers('the agent', settingsSchema), ...refusals },
})

const update = createRoute({
  method: 'patch',
  path: '/v1/agents/{agent_id}',
  summary:
    'Says who analyses conversations of an agent first when they end: their vendor (else we, after 15 minutes), or we',
  request: {
    params,
    body: takes(z.strictObject({ live: z.enum(liveSettings) })),
  },
  responses: { 200: answers('the agent as it is now', settingsSchema), ...refusals },
})

export function v1AgentRoutes(deps: Pick<HttpDeps, 'agentSettings' | 'setLive'>) {
  return createRouter()
    .openapi(read, async (c) => c.json(toJson(await deps.agentSettings(c.req.valid('param').agent_id)), 200))
    .openapi(update, async (c) => {
      const { agent_id: agentId } = c.req.valid('param')
      return c.json(toJson(await deps.setLive({ agentId, ...c.req.valid('json'), actor: c.get('actor') })), 200)
    })
}

function toJson({ agentId, kind, name, live }: AgentSettings): z.infer<typeof settingsSchema> {
  return { agent_id: agentId, kind, name, live }
}
