import { asList, asObject, type JsonObject } from '../json.ts'
import { invalid, notSupported, type Refusal, unknownModel } from './refusal.ts'

// ChatCompletionCreateParamsBase of openai-node 7.57.0
const PARAMETERS = new Set(
  `messages model audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens
  metadata modalities moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key prompt_cache_options
  prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier stop store stream
  stream_options temperature tool_choice tools top_logprobs top_p user verbosity web_search_options`.split(/\s+/),
)
const ROLES = ['system', 'assistant', 'user', 'function', 'tool', 'developer']
const SUPPORTED: Record<string, readonly string[]> = {
  reasoning_effort: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
  service_tier: ['auto', 'default', 'flex', 'scale', 'priority', 'fast'],
  verbosity: ['low', 'medium', 'high'],
  prompt_cache_retention: ['in_memory', '24h'],
}

/** Why the API would turn down the body of a chat completion request; undefined where it would take it. */
export function refusedRequest(body: JsonObject, models: ReadonlySet<string>): Refusal | undefined {
  return refusedParameter(body) ?? refusedModel(body.model, models) ?? refusedMessages(body.messages)
}

function refusedParameter(body: JsonObject): Refusal | undefined {
  const unknown =
    Object.keys(body).find((name) => !PARAMETERS.has(name)) ??
    unknownIn(body, 'prompt_cache_options', ['mode', 'ttl']) ??
    unknownIn(body, 'response_format', ['type', 'json_schema'])
  if (unknown !== undefined) return invalid(`Unknown parameter: '${unknown}'.`, unknown, 'unknown_parameter')
  if (isGiven(body.max_tokens) && isGiven(body.max_completion_tokens)) {
    const message = "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported."
    return invalid(message, 'max_tokens', 'invalid_parameter_combination')
  }
  for (const [name, values] of Object.entries(SUPPORTED)) {
    if (isGiven(body[name]) && !values.includes(String(body[name]))) return notSupported(name, body[name], values)
  }
  // The stand-in's own limit, not the API's.
  if (body.stream === true) return invalid('The sandbox model does not stream.', 'stream', 'unsupported_value')
  if (isGiven(body.n) && body.n !== 1) return invalid('The sandbox model gives one choice.', 'n', 'unsupported_value')
  return undefined
}

export function refusedModel(model: unknown, models: ReadonlySet<string>): Refusal | undefined {
  if (typeof model !== 'string' || model === '') return invalid('you must provide a model parameter')
  return models.has(model) ? undefined : unknownModel(model)
}

function refusedMessages(messages: unknown): Refusal | undefined {
  if (messages === undefined) {
    return invalid("Missing required parameter: 'messages'.", 'messages', 'missing_required_parameter')
  }
  if (!Array.isArray(messages)) {
    return invalid("Invalid type for 'messages': expected an array of objects.", 'messages', 'invalid_type')
  }
  if (messages.length === 0) {
    const message =
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead."
    return invalid(message, 'messages', 'empty_array')
  }
  for (const [position, message] of messages.entries()) {
    const { role, content } = asObject(message)
    const param = `messages[${position}]`
    if (typeof role !== 'string' || !ROLES.includes(role)) return notSupported(`${param}.role`, role, ROLES)
    if (typeof content !== 'string' && !isTextParts(content)) {
      return invalid(
        `Invalid value for '${param}.content': expected a string or text parts.`,
        `${param}.content`,
        'invalid_type',
      )
    }
  }
  return undefined
}

export function unknownIn(body: JsonObject, parent: string, known: readonly string[]): string | undefined {
  const name = Object.keys(asObject(body[parent])).find((key) => !known.includes(key))
  return name === undefined ? undefined : `${parent}.${name}`
}

function isTextParts(content: unknown): boolean {
  return asList(content).length > 0 && asList(content).every((part) => typeof asObject(part).text === 'string')
}

export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}
