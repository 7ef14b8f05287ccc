import { createRoute, z } from '@hono/zod-openapi'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, refusals, takes } from '../router.ts'

const importConfig = createRoute({
  method: 'post',
  path: '/v1/import/retell-config',
  summary: 'Takes over agents of the source product, and answers its CRM configuration as mapping files',
  request: {
    query: z.object({ connection: z.string().min(1).default('main') }),
    body: takes(
      z.looseObject({
        agents: z.array(z.unknown()).optional(),
        chat_agents: z.array(z.unknown()).optional(),
        crm_config: z.record(z.string(), z.unknown()).optional().describe('as get-crm-config answers'),
        app: z.record(z.string(), z.unknown()).optional().describe('as get-app answers'),
      }),
    ),
  },
  responses: {
    200: answers(
      'what became of the agents, the files, and what these cannot say',
      z.object({
        agents: z.array(
          z.object({ agent_id: z.string(), version: z.number(), stored: z.enum(['new', 'changed', 'unchanged']) }),
        ),
        files: z.array(z.object({ name: z.string(), text: z.string() })),
        left_out: z.array(z.object({ at: z.string(), message: z.string() })),
      }),
    ),
    ...refusals,
  },
})

/** The same as `afterword import retell-config`; a caller puts the files where the service reads them. */
export function retellConfigRoutes(deps: Pick<HttpDeps, 'importRetellConfig'>) {
  return createRouter().openapi(importConfig, async (c) => {
    const { connection } = c.req.valid('query')
    const taken = await deps.importRetellConfig({ given: c.req.valid('json'), connection, actor: c.get('actor') })
    const agents = taken.agents.map(({ agentId, version, stored }) => ({ agent_id: agentId, version, stored }))
    const left_out = taken.left.map(({ path, message }) => ({ at: path.join('.'), message }))
    return c.json({ agents, files: taken.files, left_out }, 200)
  })
}
