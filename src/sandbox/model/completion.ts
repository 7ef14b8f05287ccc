import { randomUUID } from 'node:crypto'
import type { ChatRequest } from './chat-request.ts'
import { type CacheUse, promptOf, tokensOf } from './prompt-cache.ts'

/** How the stand-in names itself, wherever its answers show. */
export const MODEL_ID = 'sandbox-extractive-1'

export type Usage = {
  prompt_tokens: number
  completion_tokens: number
  total_tokens: number
  prompt_tokens_details: { cached_tokens: number; cache_write_tokens: number }
  completion_tokens_details: { reasoning_tokens: number }
}

type FinishReason = 'stop' | 'length' | 'content_filter'

/** What the model says before it is wrapped: text or a refusal, and why it stopped. */
export type Reply = { content: string | null; refusal: string | null; finishReason: FinishReason }

export type Completion = {
  id: string
  object: 'chat.completion'
  created: number
  model: string
  service_tier: string
  choices: {
    index: number
    message: { role: 'assistant'; content: string | null; refusal: string | null; annotations: [] }
    logprobs: null
    finish_reason: FinishReason
  }[]
  usage: Usage
}

/** Wraps a reply as OpenAI does, cut where it passes the token limit of the request. */
export function completionOf(request: ChatRequest, reply: Reply, cacheUse: CacheUse): Completion {
  const { content, refusal, finishReason } = withinLimit(reply, request.maxTokens)
  const promptTokens = tokensOf(promptOf(request))
  const completionTokens = tokensOf(content ?? refusal ?? '')
  return {
    id: `chatcmpl-${randomUUID()}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1_000),
    model: MODEL_ID,
    service_tier: request.serviceTier === 'auto' ? 'default' : request.serviceTier,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content, refusal, annotations: [] },
        logprobs: null,
        finish_reason: finishReason,
      },
    ],
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      prompt_tokens_details: { cached_tokens: cacheUse.cachedTokens, cache_write_tokens: cacheUse.writtenTokens },
      completion_tokens_details: { reasoning_tokens: 0 },
    },
  }
}

function withinLimit(reply: Reply, maxTokens: number): Reply {
  const { content } = reply
  if (content === null || tokensOf(content) <= maxTokens) return reply
  return { ...reply, content: content.slice(0, maxTokens * 4), finishReason: 'length' }
}
