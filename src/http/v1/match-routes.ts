import { createRoute, z } from '@hono/zod-openapi'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, refusals, takes } from '../router.ts'
import { matchSchema, resolvedSchema, stateSchema, toMatchJson, toResolvedJson } from './match-json.ts'
import { reasonSchema } from './schemas.ts'

const list = createRoute({
  method: 'get',
  path: '/v1/matches',
  summary: 'Conversations without a CRM record: parked ones with the records they may belong to, and unmatched ones',
  request: {
    query: z.object({
      connection: z.string().min(1).optional(),
      mapping: z.string().min(1).optional(),
      state: stateSchema.optional(),
      limit: z.coerce.number().pipe(z.int().min(1).max(200)).default(50),
      cursor: z.string().min(1).optional(),
    }),
  },
  responses: {
    200: answers('newest first', z.object({ items: z.array(matchSchema), next_cursor: z.string().nullable() })),
    ...refusals,
  },
})

const resolve = createRoute({
  method: 'post',
  path: '/v1/matches/resolve',
  summary:
    'Says whose a conversation is: links it to a record, moves it there, or takes its link away; undone as any run',
  request: {
    body: takes(
      z.object({
        conversation_id: z.string().min(1),
        record: z.string().min(1).nullable().openapi({ description: 'its id in the CRM; null: of no record' }),
        mapping: z.string().min(1).optional(),
        all_of_number: z.boolean().default(false),
        reason: reasonSchema,
      }),
    ),
  },
  responses: { 200: answers('what was linked', resolvedSchema), ...refusals },
})

export function matchRoutes(deps: Pick<HttpDeps, 'listMatches' | 'resolveMatch'>) {
  return createRouter()
    .openapi(list, async (c) => {
      const { cursor: after, ...query } = c.req.valid('query')
      const { items, next } = await deps.listMatches({ ...query, ...(after !== undefined && { after }) })
      return c.json({ items: items.map(toMatchJson), next_cursor: next }, 200)
    })
    .openapi(resolve, async (c) => {
      const { conversation_id: conversationId, all_of_number: allOfNumber, ...said } = c.req.valid('json')
      const resolved = await deps.resolveMatch({ conversationId, allOfNumber, actor: c.get('actor'), ...said })
      return c.json(toResolvedJson(resolved), 200)
    })
}
