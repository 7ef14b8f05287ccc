import { createRoute, z } from '@hono/zod-openapi'
import { toRetellAgent } from '../../agents/index.ts'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, retellConflict, retellRefusals, takes } from '../router.ts'
import { agentSchema, agentParams as params } from './agent-schemas.ts'

const published = answers('the version, which never changes from now on', agentSchema)

// Before versions could be named: the latest draft.
const publishLatest = createRoute({
  method: 'post',
  path: '/publish-agent/{agent_id}',
  summary: 'Publishes the latest draft of an agent',
  request: { params },
  responses: { 200: published, ...retellRefusals, ...retellConflict },
})

const publish = createRoute({
  method: 'post',
  path: '/publish-agent-version/{agent_id}',
  summary: 'Publishes a draft of an agent',
  request: {
    params,
    body: takes(
      z.object({
        version: z.int().min(0),
        version_title: z.string().max(1_000).optional(),
        version_description: z.string().max(10_000).optional(),
      }),
    ),
  },
  responses: { 200: published, ...retellRefusals, ...retellConflict },
})

const create = createRoute({
  method: 'post',
  path: '/create-agent-version/{agent_id}',
  summary: 'Begins a new draft as a copy of a version',
  request: { params, body: takes(z.object({ base_version: z.int().min(0) })) },
  responses: { 201: answers('the draft', agentSchema), ...retellRefusals },
})

const remove = createRoute({
  method: 'delete',
  path: '/delete-agent-version/{agent_id}',
  summary: 'Deletes a draft; what was analysed with it stays',
  request: { params, query: z.object({ version: z.coerce.number().pipe(z.int().min(0)) }) },
  responses: { 204: { description: 'it is gone' }, ...retellRefusals, ...retellConflict },
})

/** Drafts begun, published and deleted: the same routes for agents of calls and of chats. */
export function versionRoutes(deps: Pick<HttpDeps, 'publishVersion' | 'createVersion' | 'deleteVersion'>) {
  return createRouter()
    .openapi(publishLatest, async (c) => {
      const agentId = c.req.valid('param').agent_id
      return c.json(toRetellAgent(await deps.publishVersion({ agentId, actor: c.get('actor') })), 200)
    })
    .openapi(publish, async (c) => {
      const agentId = c.req.valid('param').agent_id
      const { version, ...words } = c.req.valid('json')
      const publish = { agentId, version, words, actor: c.get('actor') }
      return c.json(toRetellAgent(await deps.publishVersion(publish)), 200)
    })
    .openapi(create, async (c) => {
      const agentId = c.req.valid('param').agent_id
      const { base_version: baseVersion } = c.req.valid('json')
      return c.json(toRetellAgent(await deps.createVersion({ agentId, baseVersion, actor: c.get('actor') })), 201)
    })
    .openapi(remove, async (c) => {
      const agentId = c.req.valid('param').agent_id
      await deps.deleteVersion({ agentId, version: c.req.valid('query').version, actor: c.get('actor') })
      return c.body(null, 204)
    })
}
