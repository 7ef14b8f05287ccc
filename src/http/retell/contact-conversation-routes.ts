import { createRoute, z } from '@hono/zod-openapi'
import type { ContactConversation } from '../../analysis/index.ts'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, retellRefusals } from '../router.ts'

const shared = {
  start_timestamp: z.number().optional(),
  duration_ms: z.number().optional(),
  direction: z.enum(['inbound', 'outbound']).optional(),
  disconnection_reason: z.string().optional(),
  summary: z.string().optional(),
  sentiment: z.string().optional(),
  successful: z.boolean().optional(),
}
const itemSchema = z.union([
  z.object({ type: z.literal('call'), call_id: z.string(), ...shared }),
  z.object({ type: z.literal('chat'), chat_id: z.string(), ...shared }),
])

const list = createRoute({
  method: 'get',
  path: '/list-contact-conversations/{contact_id}',
  summary: 'The calls and chats of a contact, newest first',
  request: {
    params: z.object({ contact_id: z.string().min(1) }),
    query: z.object({
      limit: z.coerce.number().pipe(z.int().min(1).max(1_000)).default(50),
      pagination_key: z.string().max(500).optional(),
    }),
  },
  responses: {
    200: answers(
      'a page of them',
      z.object({ items: z.array(itemSchema), has_more: z.boolean(), pagination_key: z.string().optional() }),
    ),
    ...retellRefusals,
  },
})

/** @see reference/retell.md 2.6 */
export function contactConversationRoutes(deps: Pick<HttpDeps, 'getContact' | 'listContactConversations'>) {
  return createRouter().openapi(list, async (c) => {
    const { id: contactId } = await deps.getContact(c.req.valid('param').contact_id)
    const { limit, pagination_key: after } = c.req.valid('query')
    const { items, next } = await deps.listContactConversations({ contactId, limit, ...(after && { after }) })
    const more = next === null ? { has_more: false } : { has_more: true, pagination_key: next }
    return c.json({ items: items.map(toJson), ...more }, 200)
  })
}

function toJson({ conversation, summary, sentiment, successful }: ContactConversation): z.infer<typeof itemSchema> {
  const { id, kind, startedAt, durationMs, direction, disconnectionReason } = conversation
  const told = {
    ...(startedAt !== null && { start_timestamp: startedAt.getTime() }),
    ...(durationMs !== null && { duration_ms: durationMs }),
    ...(direction !== null && { direction }),
    ...(disconnectionReason !== null && { disconnection_reason: disconnectionReason }),
    ...(summary !== null && { summary }),
    ...(sentiment !== null && { sentiment }),
    ...(successful !== null && { successful }),
  }
  return kind === 'call' ? { type: kind, call_id: id, ...told } : { type: kind, chat_id: id, ...told }
}
