import type { Usage } from './completion.ts'
import { isObject } from './json-shapes.ts'

/** The usage that Chat Completions tells; null where it is missing or nonsense. */
export function chatUsage(used: unknown): Usage | null {
  if (!isObject(used)) return null
  return usageOf(used.prompt_tokens, used.completion_tokens, used.prompt_tokens_details)
}

/** The same of Responses. */
export function responsesUsage(used: unknown): Usage | null {
  if (!isObject(used)) return null
  return usageOf(used.input_tokens, used.output_tokens, used.input_tokens_details)
}

function usageOf(inputTokens: unknown, outputTokens: unknown, details: unknown): Usage | null {
  if (!isCount(inputTokens) || !isCount(outputTokens)) return null
  const { cached_tokens: cached, cache_write_tokens: written } = isObject(details) ? details : {}
  return {
    inputTokens,
    cachedTokens: isCount(cached) ? cached : 0,
    cacheWriteTokens: isCount(written) ? written : 0,
    outputTokens,
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
