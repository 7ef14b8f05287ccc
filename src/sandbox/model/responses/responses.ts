import { randomUUID } from 'node:crypto'
import type { Dialect } from '../answer-request.ts'
import { completionOf } from '../completion.ts'
import { refusedResponseRequest } from './check-response-request.ts'
import { readResponseRequest } from './read-response-request.ts'

/** Why an answer stopped, by the finish reason that a chat completion would have. */
const incomplete = { stop: null, length: 'max_output_tokens', content_filter: 'content_filter' } as const

/** POST /v1/responses: says the same as Chat Completions does, in the envelope of Response in openai-node 7.57.0. */
export const responses: Dialect = {
  read: readResponseRequest,
  refused: refusedResponseRequest,
  wrap(chat, reply, cacheUse) {
    const { created, model, service_tier, choices, usage } = completionOf(chat, reply, cacheUse)
    const [choice] = choices
    const reason = incomplete[choice?.finish_reason ?? 'stop']
    const status = reason === null ? 'completed' : 'incomplete'
    const { content = null, refusal = null } = choice?.message ?? {}
    const said =
      refusal === null ? { type: 'output_text', text: content ?? '', annotations: [] } : { type: 'refusal', refusal }
    const body = {
      id: `resp_${randomUUID()}`,
      object: 'response',
      created_at: created,
      model,
      status,
      error: null,
      incomplete_details: reason === null ? null : { reason },
      output: [{ id: `msg_${randomUUID()}`, type: 'message', role: 'assistant', status, content: [said] }],
      service_tier,
      usage: {
        input_tokens: usage.prompt_tokens,
        input_tokens_details: usage.prompt_tokens_details,
        output_tokens: usage.completion_tokens,
        output_tokens_details: usage.completion_tokens_details,
        total_tokens: usage.total_tokens,
      },
    }
    return { body, usage }
  },
  nothing: { output: [] },
}
