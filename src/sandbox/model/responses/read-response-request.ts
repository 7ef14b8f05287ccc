import { asList, asNumber, asObject, asText, type JsonObject } from '../../json.ts'
import { type ChatRequest, readFormat, readMessage, userTextOf } from '../chat-request.ts'

/** Reads the body of a Responses request as `readChatRequest` does that of a chat completion. */
export function readResponseRequest(body: JsonObject): ChatRequest {
  const input = typeof body.input === 'string' ? [{ role: 'user', content: body.input }] : asList(body.input)
  const instructions = asText(body.instructions)
  const messages = [...(instructions ? [{ role: 'developer', content: instructions }] : []), ...input].map(readMessage)
  const { type, schema } = asObject(asObject(body.text).format)
  return {
    messages,
    userMessage: userTextOf(messages),
    format: readFormat(type, schema, messages),
    maxTokens: asNumber(body.max_output_tokens) ?? Number.POSITIVE_INFINITY,
    serviceTier: asText(body.service_tier) ?? 'default',
    cacheKey: asText(body.prompt_cache_key) ?? '',
    cachesImplicitly: asObject(body.prompt_cache_options).mode !== 'explicit',
  }
}
