import { createRoute, z } from '@hono/zod-openapi'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, refusals, takes } from '../router.ts'

const importedSchema = z
  .object({ agent_id: z.string(), version: z.number(), stored: z.enum(['new', 'changed', 'unchanged']) })
  .openapi('ImportedAgent')

const importAgents = createRoute({
  method: 'post',
  path: '/v1/agents/import',
  summary: 'Takes over agents of the source product, each in the version it names; all or none',
  request: {
    body: takes(z.object({ agents: z.array(z.unknown()).optional(), chat_agents: z.array(z.unknown()).optional() })),
  },
  responses: { 200: answers('what became of each', z.object({ items: z.array(importedSchema) })), ...refusals },
})

export function agentImportRoutes(deps: Pick<HttpDeps, 'importAgents'>) {
  return createRouter().openapi(importAgents, async (c) => {
    const imported = await deps.importAgents({ file: c.req.valid('json'), actor: c.get('actor') })
    const items = imported.map(({ agentId, version, stored }) => ({ agent_id: agentId, version, stored }))
    return c.json({ items }, 200)
  })
}
