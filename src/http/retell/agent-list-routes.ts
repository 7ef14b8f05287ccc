import { createRoute, z } from '@hono/zod-openapi'
import type { ListedAgent, ListedVersion } from '../../agents/index.ts'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, retellRefusals } from '../router.ts'
import { pageKey, pageQuery, agentParams as params, readPageKey } from './agent-schemas.ts'

const channels = { voice: 'call', chat: 'chat' } as const

const filterSchema = z.object({
  channel: z
    .object({ type: z.literal('string'), op: z.enum(['eq', 'ne', 'sw', 'ew', 'co']), value: z.string() })
    .optional(),
  query: z.string().optional().describe('part of the name, whatever its case, or of the id'),
})

const agentItemSchema = z
  .object({
    agent_id: z.string(),
    agent_name: z.string(),
    channel: z.enum(['voice', 'chat']),
    tags: z.record(z.string(), z.object({ version: z.number() })),
    user_modified_timestamp: z.number(),
  })
  .openapi('AgentListItem')

const versionItemSchema = z
  .object({
    version: z.number(),
    base_version: z.number().optional(),
    is_published: z.boolean(),
    version_title: z.string().optional(),
    version_description: z.string().optional(),
    last_modification_timestamp: z.number(),
  })
  .openapi('AgentVersionListItem')

const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), has_more: z.boolean(), pagination_key: z.string().optional() })

const list = createRoute({
  method: 'post',
  path: '/v2/list-agents',
  summary: 'Agents of calls and chats by page, in the order in which they came to be known',
  request: {
    query: pageQuery,
    body: { content: { 'application/json': { schema: z.object({ filter_criteria: filterSchema.optional() }) } } },
  },
  responses: { 200: answers('a page of agents', pageOf(agentItemSchema)), ...retellRefusals },
})

const versions = createRoute({
  method: 'get',
  path: '/list-agent-versions/{agent_id}',
  summary: 'Versions of an agent by page and by number',
  request: { params, query: pageQuery },
  responses: { 200: answers('a page of versions', pageOf(versionItemSchema)), ...retellRefusals },
})

/** @see retell-sdk 5.66.1, resources/agent.ts; both its agents and its chat agents list so */
export function agentListRoutes(deps: Pick<HttpDeps, 'listAgentPage' | 'listVersionPage'>) {
  return createRouter()
    .openapi(list, async (c) => {
      const { limit, pagination_key, sort_order } = c.req.valid('query')
      const { channel, query } = c.req.valid('json').filter_criteria ?? {}
      const { items, next } = await deps.listAgentPage({
        kinds: Object.keys(channels).flatMap((name) => (passes(name, channel) ? kindOf(name) : [])),
        query,
        after: readPageKey(pagination_key, z.string()),
        ascending: sort_order === 'ascending',
        limit,
      })
      return c.json({ items: items.map(agentItem), has_more: next !== null, ...pageKey(next) }, 200)
    })
    .openapi(versions, async (c) => {
      const { limit, pagination_key, sort_order } = c.req.valid('query')
      const { items, next } = await deps.listVersionPage({
        agentId: c.req.valid('param').agent_id,
        after: readPageKey(pagination_key, z.int()),
        ascending: sort_order === 'ascending',
        limit,
      })
      return c.json({ items: items.map(versionItem), has_more: next !== null, ...pageKey(next) }, 200)
    })
}

function kindOf(channel: string) {
  return channel === 'voice' || channel === 'chat' ? [channels[channel]] : []
}

function passes(name: string, test: z.infer<typeof filterSchema>['channel']): boolean {
  if (test === undefined) return true
  const { op, value } = test
  if (op === 'eq' || op === 'ne') return (name === value) === (op === 'eq')
  return op === 'sw' ? name.startsWith(value) : op === 'ew' ? name.endsWith(value) : name.includes(value)
}

function agentItem({ agentId, kind, name, changedAt, tags }: ListedAgent): z.infer<typeof agentItemSchema> {
  return {
    agent_id: agentId,
    agent_name: name ?? '',
    channel: kind === 'call' ? 'voice' : 'chat',
    tags: Object.fromEntries(Object.entries(tags).map(([tag, version]) => [tag, { version }])),
    user_modified_timestamp: changedAt.getTime(),
  }
}

const wordsSchema = z.object({
  version_title: z.string().optional().catch(undefined),
  version_description: z.string().optional().catch(undefined),
})

function versionItem(found: ListedVersion): z.infer<typeof versionItemSchema> {
  const { version, baseVersion, publishedAt, updatedAt, raw } = found
  return {
    version,
    ...(baseVersion !== null && { base_version: baseVersion }),
    is_published: publishedAt !== null,
    ...wordsSchema.parse(raw),
    last_modification_timestamp: updatedAt.getTime(),
  }
}
