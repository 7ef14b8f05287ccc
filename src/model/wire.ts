import type {
  ChatCompletionContentPartText,
  ChatCompletionCreateParamsNonStreaming,
} from 'openai/resources/chat/completions'
import type { SchemaFormat } from '../config.ts'
import type { Model } from './client.ts'
import type { CompletionRequest, Tier } from './completion.ts'
import { factsOf } from './prices.ts'
import type { ModelProfile } from './profile.ts'
import { staticPart } from './static-part.ts'
import { nameThere } from './ways.ts'

type ChatFormat = NonNullable<ChatCompletionCreateParamsNonStreaming['response_format']>

/**
 * The body of one request as this endpoint and this model take it: the static part first, the conversation last. The schema is told in
 * the given format. Pure.
 */
export function wireRequest(
  { profile, prices }: Pick<Model, 'profile' | 'prices'>,
  request: CompletionRequest,
  format: SchemaFormat,
  tier: Tier = 'standard',
): ChatCompletionCreateParamsNonStreaming {
  const { sends } = profile
  const { takesBreakpoints, reasonsByDefault } = factsOf(prices, request.model)
  const cachesExplicitly = sends.cache && takesBreakpoints
  const { text, isCacheable } = staticPart(profile, request, format)
  const part: ChatCompletionContentPartText = {
    type: 'text',
    text,
    ...(isCacheable && { prompt_cache_breakpoint: { mode: 'explicit' } }),
  }
  return {
    model: nameThere(profile, request.model),
    // Left out, the models think at medium effort, billed as output.
    ...(sends.effort && reasonsByDefault && { reasoning_effort: 'none', verbosity: 'low' }),
    [profile.maxTokensParameter]: request.maxOutputTokens,
    ...(sends.store && { store: false }),
    ...(tier === 'flex' && { service_tier: tier }),
    ...(sends.cache && { prompt_cache_key: request.cacheKey }),
    // The default mode bills a cache write for every conversation and never hits.
    ...(cachesExplicitly && { prompt_cache_options: { mode: 'explicit' } }),
    ...(format !== 'prompt' && { response_format: chatFormat(profile, request, format) }),
    messages: [
      { role: profile.instructionsRole, content: cachesExplicitly ? [part] : text },
      { role: 'user', content: request.input },
      ...(request.repair === undefined ? [] : [{ role: 'user' as const, content: request.repair }]),
    ],
  }
}

function chatFormat(
  { strict }: ModelProfile,
  { schema }: CompletionRequest,
  format: 'json_schema' | 'json_object',
): ChatFormat {
  if (format === 'json_object') return { type: format }
  return { type: format, json_schema: { name: schema.name, strict, schema: schema.body } }
}
