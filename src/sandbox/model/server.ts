import { type HttpReply, type HttpRequest, startHttpSandbox } from '../http.ts'
import { adminOf, adminRoutes, type ModelAdmin } from './admin.ts'
import { answerRequest, refusedKey } from './answer-request.ts'
import { chatCompletions } from './chat-completions.ts'
import type { Manners } from './manners.ts'
import { invalid, refusalReply } from './refusal.ts'
import { responses } from './responses/responses.ts'
import { type ModelState, newState } from './state.ts'

export type ModelSandbox = {
  /** The base URL for the SDK, ending in /v1. */
  url: string
  admin: ModelAdmin
  close(): Promise<void>
}

/**
 * Starts the stand-in for OpenAI's Chat Completions and Responses on the loopback address: strict about requests as the real one,
 * deterministic and lexical in its answers, and labelled `sandbox-extractive-1` in each of them.
 * `aliases` are further model ids it answers to; latency is added to every completion; `manners`
 * are those of another server than OpenAI's. Closing twice is safe.
 */
export async function startModelSandbox(options: {
  port?: number
  apiKey?: string
  aliases?: readonly string[]
  latencyMs?: number
  manners?: Manners
}): Promise<ModelSandbox> {
  const { port = 0, apiKey = 'sandbox-model', aliases = [], latencyMs = 0, manners = {} } = options
  const state = newState({ apiKey, aliases, latencyMs, manners })
  const admin = adminOf(state)
  const server = await startHttpSandbox({
    port,
    routes: [
      {
        method: 'POST',
        path: '/v1/chat/completions',
        answer: (request) => answerRequest(state, chatCompletions, request),
      },
      { method: 'POST', path: '/v1/responses', answer: (request) => answerRequest(state, responses, request) },
      { method: 'GET', path: '/v1/models', answer: (request) => listModels(state, request) },
      ...adminRoutes(admin),
    ],
    notFound: ({ method, path }) => refusalReply({ ...invalid(`Invalid URL (${method} ${path})`), status: 404 }),
  })
  return { url: `${server.url}/v1`, admin, close: server.close }
}

function listModels(state: ModelState, request: HttpRequest): HttpReply {
  const refusal = refusedKey(state, request)
  if (refusal) return refusalReply(refusal)
  const data = Array.from(state.models, (id) => ({ id, object: 'model', created: 0, owned_by: 'sandbox' }))
  return { status: 200, body: { object: 'list', data } }
}
