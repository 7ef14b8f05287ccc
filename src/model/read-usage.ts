import { z } from 'zod'
import type { Usage } from './completion.ts'

const count = z.number().int().nonnegative().catch(0)
const details = z
  .object({ cached_tokens: count, cache_write_tokens: count })
  .catch({ cached_tokens: 0, cache_write_tokens: 0 })
const metered = z.number().int().nonnegative()

function usage(inputTokens: number, outputTokens: number, cache: z.output<typeof details>): Usage {
  return { inputTokens, cachedTokens: cache.cached_tokens, cacheWriteTokens: cache.cache_write_tokens, outputTokens }
}

/** The usage that Chat Completions tells; null where it is missing or nonsense. */
export const chatUsage = z
  .object({ prompt_tokens: metered, completion_tokens: metered, prompt_tokens_details: details })
  .transform((used) => usage(used.prompt_tokens, used.completion_tokens, used.prompt_tokens_details))
  .nullable()
  .catch(null)

/** The same of Responses. */
export const responsesUsage = z
  .object({ input_tokens: metered, output_tokens: metered, input_tokens_details: details })
  .transform((used) => usage(used.input_tokens, used.output_tokens, used.input_tokens_details))
  .nullable()
  .catch(null)
