import { createRoute, z } from '@hono/zod-openapi'
import { type AgentVersion, toRetellAgent } from '../../agents/index.ts'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, retellRefusals, takes } from '../router.ts'

const params = z.object({ agent_id: z.string().min(1) })
const versionNumber = z.int().min(0)
const query = z.object({ version: z.coerce.number().pipe(versionNumber).optional() })
const agentSchema = z.record(z.string(), z.unknown()).openapi('Agent')

type Kind = AgentVersion['kind']

// The paths of voice and of chat agents differ by a word. @see retell-sdk 5.66.1, resources/agent.ts and chat-agent.ts
const words = { call: 'agent', chat: 'chat-agent' } as const

function routesOf(kind: Kind) {
  const word = words[kind]
  return {
    get: createRoute({
      method: 'get',
      path: `/get-${word}/{agent_id}` as const,
      summary: `One version of an agent of ${kind}s, by default the newest`,
      request: { params, query },
      responses: { 200: answers('the version', agentSchema), ...retellRefusals },
    }),
    update: createRoute({
      method: 'patch',
      path: `/update-${word}/{agent_id}` as const,
      summary: `Edits the latest draft of an agent of ${kind}s, or begins one`,
      request: { params, query, body: takes(agentSchema) },
      responses: { 200: answers('the draft as it is now', agentSchema), ...retellRefusals },
    }),
    list: createRoute({
      method: 'get',
      path: `/list-${word}s` as const,
      summary: `Every agent of ${kind}s with its newest version`,
      responses: { 200: answers('the agents', z.array(agentSchema)), ...retellRefusals },
    }),
    versions: createRoute({
      method: 'get',
      path: `/get-${word}-versions/{agent_id}` as const,
      summary: `Every version of an agent of ${kind}s, newest first`,
      request: { params },
      responses: { 200: answers('the versions', z.array(agentSchema)), ...retellRefusals },
    }),
  }
}
