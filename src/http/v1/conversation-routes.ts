import { createRoute, z } from '@hono/zod-openapi'
import { transferSettings } from '../../agents/index.ts'
import type { Conversation } from '../../conversations/index.ts'
import type { HttpDeps } from '../deps.ts'
import { readFilterText } from '../read-filter.ts'
import { withAnalysis } from '../retell/whole-conversation.ts'
import { answers, createRouter, refusals } from '../router.ts'
import { toCorrectionJson } from './correction-routes.ts'
import { idParams as params, reasonSchema } from './schemas.ts'

const isoTime = z.iso.datetime().nullable()

const conversationSchema = z
  .object({
    id: z.string(),
    kind: z.enum(['call', 'chat']),
    agent_id: z.string(),
    agent_version: z.number().nullable(),
    agent_transfers: z
      .array(
        z.object({
          agent_id: z.string(),
          agent_version: z.number().nullable(),
          post_call_analysis_setting: z.enum(transferSettings).nullable(),
          setting_from: z.enum(['sent', 'tool']).nullable().openapi({
            description: 'who said so: the conversation as it was sent, or the transfer tool called in it',
          }),
        }),
      )
      .openapi({ description: 'from one agent to the next, in order; `agent_id` took the conversation' }),
    type: z.string().nullable(),
    status: z.string(),
    direction: z.enum(['inbound', 'outbound']).nullable(),
    contact_id: z.string().nullable(),
    disconnection_reason: z.string().nullable(),
    started_at: isoTime,
    ended_at: isoTime,
    duration_ms: z.number().nullable(),
  })
  .openapi('ConversationSummary')

function toJson(conversation: Conversation): z.infer<typeof conversationSchema> {
  const { id, kind, type, status, direction } = conversation
  return {
    id,
    kind,
    agent_id: conversation.agentId,
    agent_version: conversation.agentVersion,
    agent_transfers: conversation.transfers.map(({ agentId, version, setting, settingFrom = null }) => {
      return {
        agent_id: agentId,
        agent_version: version,
        post_call_analysis_setting: setting,
        setting_from: settingFrom,
      }
    }),
    type,
    status,
    direction,
    contact_id: conversation.contactId === null ? null : `contact_${conversation.contactId}`,
    disconnection_reason: conversation.disconnectionReason,
    started_at: conversation.startedAt?.toISOString() ?? null,
    ended_at: conversation.endedAt?.toISOString() ?? null,
    duration_ms: conversation.durationMs,
  }
}

const list = createRoute({
  method: 'get',
  path: '/v1/conversations',
  summary: 'Calls and chats, newest first, without their transcripts',
  request: {
    query: z.object({
      filter: z.string().optional().openapi({ example: '{"agent":"agent_sales","direction":"inbound"}' }),
      cursor: z.string().optional(),
      limit: z.coerce.number().pipe(z.int().min(1).max(200)).default(50),
    }),
  },
  responses: {
    200: answers('a page', z.object({ items: z.array(conversationSchema), next_cursor: z.string().nullable() })),
    ...refusals,
  },
})

const get = createRoute({
  method: 'get',
  path: '/v1/conversations/{id}',
  summary:
    'One call or chat in full, with the analysis that counts now; `corrections` marks what people have corrected in it',
  request: { params },
  responses: { 200: answers('the conversation', z.record(z.string(), z.unknown())), ...refusals },
})

const remove = createRoute({
  method: 'delete',
  path: '/v1/conversations/{id}',
  summary: 'Withdraws what a call or chat says and removes it; the undo of its run brings it back until the grace ends',
  request: { params, query: z.object({ reason: reasonSchema.optional() }) },
  responses: {
    200: answers(
      'deleted, now or before; without a run it is gone for good',
      z.object({ run_id: z.number().nullable(), kept_until: isoTime, deleted_before: z.boolean() }),
    ),
    ...refusals,
  },
})

type Deps = Pick<
  HttpDeps,
  'listConversations' | 'getRetellObject' | 'currentAnalysis' | 'listCorrections' | 'deleteConversation'
>

export function v1ConversationRoutes(deps: Deps) {
  return createRouter()
    .openapi(list, async (c) => {
      const { filter, cursor, limit } = c.req.valid('query')
      const page = { limit, ...(cursor !== undefined && { after: cursor }) }
      const { items, next } = await deps.listConversations(readFilterText('filter', filter), page)
      return c.json({ items: items.map(toJson), next_cursor: next }, 200)
    })
    .openapi(get, async (c) => {
      const { id } = c.req.valid('param')
      const object = await deps.getRetellObject(id)
      const corrections = await deps.listCorrections(id)
      const whole = withAnalysis(object, (await deps.currentAnalysis(id))?.fields, corrections)
      const standing = corrections.filter(({ state }) => state === 'in_force')
      if (standing.length > 0) whole.corrections = standing.map(toCorrectionJson)
      return c.json(whole, 200)
    })
    .openapi(remove, async (c) => {
      const { id } = c.req.valid('param')
      const { reason = `DELETE ${remove.path}` } = c.req.valid('query')
      const { runId, until, isNew } = await deps.deleteConversation({ id, actor: c.get('actor'), reason })
      return c.json({ run_id: runId, kept_until: until?.toISOString() ?? null, deleted_before: !isNew }, 200)
    })
}
