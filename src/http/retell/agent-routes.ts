import { createRoute, z } from '@hono/zod-openapi'
import { type AgentVersion, toRetellAgent } from '../../agents/index.ts'
import { notFound } from '../../errors.ts'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, retellConflict, retellRefusals, takes } from '../router.ts'
import { agentSchema, agentParams as params, versionQuery as query } from './agent-schemas.ts'

type Kind = AgentVersion['kind']
type Deps = Pick<HttpDeps, 'getAgent' | 'listAgents' | 'listVersions' | 'saveDraft' | 'createAgent' | 'deleteAgent'>

const engine = z.looseObject({ type: z.string().min(1) })
/** What the source product wants of a new agent; we keep it for whoever reads the agent, and speak with nobody ourselves. */
const newAgentSchemas = {
  call: z.looseObject({ response_engine: engine, voice_id: z.string().min(1) }).openapi('NewAgent'),
  chat: z.looseObject({ response_engine: engine }).openapi('NewChatAgent'),
}

/**
 * Agents of calls and agents of chats: the same routes, whose paths differ by a word.
 * @see retell-sdk 5.66.1, resources/agent.ts and chat-agent.ts; the lists as they were before its `/v2/list-agents`
 */
export function agentRoutes(deps: Deps, kind: Kind) {
  const word = kind === 'call' ? 'agent' : 'chat-agent'
  const create = createRoute({
    method: 'post',
    path: `/create-${word}`,
    summary: `Adds an agent of ${kind}s, with draft 0`,
    request: { body: takes(newAgentSchemas[kind]) },
    responses: { 201: answers('the draft', agentSchema), ...retellRefusals },
  })
  const get = createRoute({
    method: 'get',
    path: `/get-${word}/{agent_id}`,
    summary: `One version of an agent of ${kind}s, by default the newest`,
    request: { params, query },
    responses: { 200: answers('the version', agentSchema), ...retellRefusals },
  })
  const update = createRoute({
    method: 'patch',
    path: `/update-${word}/{agent_id}`,
    summary: `Edits the latest draft of an agent of ${kind}s, or begins one`,
    request: { params, query, body: takes(agentSchema) },
    responses: { 200: answers('the draft as it is now', agentSchema), ...retellRefusals, ...retellConflict },
  })
  const remove = createRoute({
    method: 'delete',
    path: `/delete-${word}/{agent_id}`,
    summary: `Deletes an agent of ${kind}s; its conversations keep their analyses`,
    request: { params },
    responses: { 204: { description: 'it is gone' }, ...retellRefusals, ...retellConflict },
  })
  const list = createRoute({
    method: 'get',
    path: `/list-${word}s`,
    summary: `Every agent of ${kind}s with its newest version`,
    responses: { 200: answers('the agents', z.array(agentSchema)), ...retellRefusals },
  })
  const versions = createRoute({
    method: 'get',
    path: `/get-${word}-versions/{agent_id}`,
    summary: `Every version of an agent of ${kind}s, newest first`,
    request: { params },
    responses: { 200: answers('the versions', z.array(agentSchema)), ...retellRefusals },
  })
  return createRouter()
    .openapi(create, async (c) => {
      const created = await deps.createAgent({ kind, body: c.req.valid('json'), actor: c.get('actor') })
      return c.json(toRetellAgent(created), 201)
    })
    .openapi(get, async (c) => {
      const { agent_id } = c.req.valid('param')
      const found = await deps.getAgent(agent_id, c.req.valid('query').version)
      if (found.kind !== kind) throw notFound('agent', agent_id)
      return c.json(toRetellAgent(found), 200)
    })
    .openapi(update, async (c) => {
      const { version } = c.req.valid('query')
      const draft = await deps.saveDraft({
        agentId: c.req.valid('param').agent_id,
        kind,
        body: c.req.valid('json'),
        actor: c.get('actor'),
        // An agent begins where it is created or imported: a mistyped id is told, not stored.
        isKnown: true,
        ...(version !== undefined && { version }),
      })
      return c.json(toRetellAgent(draft), 200)
    })
    .openapi(remove, async (c) => {
      await deps.deleteAgent({ agentId: c.req.valid('param').agent_id, kind, actor: c.get('actor') })
      return c.body(null, 204)
    })
    .openapi(list, async (c) => {
      const agents = await deps.listAgents()
      return c.json(agents.filter((agent) => agent.kind === kind).map(toRetellAgent), 200)
    })
    .openapi(versions, async (c) => {
      const { agent_id } = c.req.valid('param')
      const found = await deps.listVersions(agent_id)
      if (found.some((version) => version.kind !== kind)) throw notFound('agent', agent_id)
      return c.json(found.map(toRetellAgent), 200)
    })
}
