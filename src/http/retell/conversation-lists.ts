import { createRoute, z } from '@hono/zod-openapi'
import type { HttpDeps } from '../deps.ts'
import { readFilter } from '../read-filter.ts'
import { answers, createRouter, retellRefusals } from '../router.ts'
import { conversationSchema } from './conversation-routes.ts'
import { withAnalysis } from './whole-conversation.ts'

const filterSchema = z.record(z.string(), z.unknown()).openapi({
  description: 'conditions that all hold, as the source product spells them, or in the shorthand of mapping files',
  example: { user_sentiment: { type: 'enum', op: 'in', value: ['Negative'] } },
})

const requestSchema = z
  .strictObject({
    filter_criteria: filterSchema.optional(),
    sort_order: z
      .enum(['ascending', 'descending'])
      .default('descending')
      .openapi({ description: 'by start_timestamp' }),
    limit: z.int().min(1).max(1000).default(50),
    skip: z.int().min(0).optional(),
    pagination_key: z.string().optional().openapi({ description: 'of the page before; not together with skip' }),
    include_total: z.boolean().default(false),
  })
  .refine(({ skip, pagination_key }) => skip === undefined || pagination_key === undefined, {
    path: ['pagination_key'],
    message: 'give skip or pagination_key, not both',
  })

const pageSchema = z.object({
  items: z.array(conversationSchema),
  has_more: z.boolean(),
  pagination_key: z.string().optional(),
  total: z.number().optional(),
})

type Deps = Pick<HttpDeps, 'listRetellObjects' | 'currentFields' | 'correctionsOf'>

/** @see reference/retell.md 2.2; retell-sdk 5.66.1, resources/call.ts and chat.ts */
export function conversationLists(deps: Deps, kind: 'call' | 'chat') {
  const list = createRoute({
    method: 'post',
    path: kind === 'call' ? '/v3/list-calls' : '/v3/list-chats',
    summary: `${kind === 'call' ? 'Calls' : 'Chats'} that pass a filter, without their transcripts, page by page`,
    request: { body: { content: { 'application/json': { schema: requestSchema } } } },
    responses: { 200: answers('a page; its key leads to the next one', pageSchema), ...retellRefusals },
  })
  return createRouter().openapi(list, async (c) => {
    const asked = c.req.valid('json') ?? {}
    // A request without a body was not parsed, so its defaults are not in it.
    const { filter_criteria, sort_order, limit, skip, pagination_key, include_total } = requestSchema.parse(asked)
    const { items, next, total } = await deps.listRetellObjects(readFilter('filter_criteria', filter_criteria, kind), {
      limit,
      order: sort_order,
      includeTotal: include_total,
      ...(skip !== undefined && { skip }),
      ...(pagination_key !== undefined && { after: pagination_key }),
    })
    const ids = items.map((item) => String(item[`${kind}_id`]))
    const [found, corrections] = await Promise.all([deps.currentFields(ids), deps.correctionsOf(ids)])
    const page = items.map((item, at) => {
      const id = ids[at] ?? ''
      return withAnalysis(item, found.get(id), corrections.get(id) ?? [])
    })
    const ends = { ...(next !== null && { pagination_key: next }), ...(total !== null && { total }) }
    return c.json({ items: page, has_more: next !== null, ...ends }, 200)
  })
}
