import type {
  ResponseCreateParamsNonStreaming,
  ResponseFormatTextConfig,
  ResponseInputText,
} from 'openai/resources/responses/responses'
import type { SchemaFormat } from '../config.ts'
import type { Model } from './client.ts'
import type { CompletionRequest, Tier } from './completion.ts'
import { factsOf } from './prices.ts'
import type { ModelProfile } from './profile.ts'
import { staticPart } from './static-part.ts'
import { nameThere } from './ways.ts'

/** What `wireRequest` is for Chat Completions, for Responses. Pure. */
export function wireResponsesRequest(
  { profile, prices }: Pick<Model, 'profile' | 'prices'>,
  request: CompletionRequest,
  format: SchemaFormat,
  tier: Tier = 'standard',
): ResponseCreateParamsNonStreaming {
  const { sends } = profile
  const { takesBreakpoints, reasonsByDefault } = factsOf(prices, request.model)
  const cachesExplicitly = sends.cache && takesBreakpoints
  const quiet = sends.effort && reasonsByDefault
  const { text, isCacheable } = staticPart(profile, request, format)
  const part: ResponseInputText = {
    type: 'input_text',
    text,
    ...(isCacheable && { prompt_cache_breakpoint: { mode: 'explicit' } }),
  }
  return {
    model: nameThere(profile, request.model),
    ...(quiet && { reasoning: { effort: 'none' } }),
    max_output_tokens: request.maxOutputTokens,
    // Left out, the answer is kept for 30 days.
    ...(sends.store && { store: false }),
    ...(tier === 'flex' && { service_tier: tier }),
    ...(sends.cache && { prompt_cache_key: request.cacheKey }),
    ...(cachesExplicitly && { prompt_cache_options: { mode: 'explicit' } }),
    text: { format: textFormat(profile, request, format), ...(quiet && { verbosity: 'low' }) },
    input: [
      { role: profile.instructionsRole, content: cachesExplicitly ? [part] : text },
      { role: 'user', content: request.input },
      ...(request.repair === undefined ? [] : [{ role: 'user' as const, content: request.repair }]),
    ],
  }
}

function textFormat(
  { strict }: ModelProfile,
  { schema }: CompletionRequest,
  format: SchemaFormat,
): ResponseFormatTextConfig {
  if (format === 'prompt') return { type: 'text' }
  if (format === 'json_object') return { type: format }
  return { type: format, name: schema.name, strict, schema: schema.body }
}
