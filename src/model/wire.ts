import type {
  ChatCompletionContentPartText,
  ChatCompletionCreateParamsNonStreaming,
} from 'openai/resources/chat/completions'
import type { CompletionRequest } from './completion.ts'
import { takesCacheBreakpoints, takesReasoningEffort } from './prices.ts'
import type { ModelProfile } from './profile.ts'
import { schemaText } from './schema-text.ts'

/** A shorter static part is never cached. @see reference/llm.md 1.6 */
const smallestCachedTokens = 1024
const charsPerToken = 4

/** The body of one request as this endpoint and this model take it: the static part first, the conversation last. Pure. */
export function wireRequest(profile: ModelProfile, request: CompletionRequest): ChatCompletionCreateParamsNonStreaming {
  const { sends } = profile
  const cachesExplicitly = sends.cache && takesCacheBreakpoints(request.model)
  return {
    model: request.model,
    // Left out, the models think at medium effort, billed as output.
    ...(sends.effort && takesReasoningEffort(request.model) && { reasoning_effort: 'none', verbosity: 'low' }),
    [profile.maxTokensParameter]: request.maxOutputTokens,
    ...(sends.store && { store: false }),
    ...(sends.cache && { prompt_cache_key: request.cacheKey }),
    // The default mode bills a cache write for every conversation and never hits.
    ...(cachesExplicitly && { prompt_cache_options: { mode: 'explicit' } }),
    response_format: {
      type: 'json_schema',
      json_schema: { name: request.schema.name, strict: true, schema: request.schema.body },
    },
    messages: [
      {
        role: profile.instructionsRole,
        content: cachesExplicitly ? [breakpointed(request)] : toldTo(profile, request),
      },
      { role: 'user', content: request.input },
      ...(request.repair === undefined ? [] : [{ role: 'user' as const, content: request.repair }]),
    ],
  }
}

/**
 * The items stand in the schema. OpenAI shows it to the model; other servers may only bind the answer to it ("the model has no
 * visibility into the schema": llama.cpp, grammars/README.md), so to those it is told as well.
 */
function toldTo({ sends }: ModelProfile, { instructions, schema }: CompletionRequest): string {
  return sends.cache ? instructions : `${instructions}\nThe JSON schema of the answer:\n${schemaText(schema.body)}\n`
}

function breakpointed({ instructions, schema }: CompletionRequest): ChatCompletionContentPartText {
  const staticTokens = (instructions.length + schemaText(schema.body).length) / charsPerToken
  const part: ChatCompletionContentPartText = { type: 'text', text: instructions }
  return staticTokens < smallestCachedTokens ? part : { ...part, prompt_cache_breakpoint: { mode: 'explicit' } }
}
