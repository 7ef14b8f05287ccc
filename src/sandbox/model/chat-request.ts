import { asList, asNumber, asObject, asText, isObject, type JsonObject } from '../json.ts'

export type Message = {
  role: string
  text: string
  /** Where in the text explicit cache breakpoints stand. */
  breakpoints: number[]
}

export type ResponseFormat = { type: 'text' } | { type: 'json_object' } | { type: 'json_schema'; schema: JsonObject }

/** What the model reads of a chat completion request. */
export type ChatRequest = {
  messages: Message[]
  /** All user messages, one below the other. */
  userMessage: string
  format: ResponseFormat
  maxTokens: number
  serviceTier: string
  cacheKey: string
  cachesImplicitly: boolean
}

/** Reads a request body; what is missing or of another shape reads as empty, so check it as well. */
export function readChatRequest(body: JsonObject): ChatRequest {
  const messages = asList(body.messages).map(readMessage)
  return {
    messages,
    userMessage: messages.flatMap(({ role, text }) => (role === 'user' ? [text] : [])).join('\n'),
    format: readFormat(body.response_format),
    maxTokens: asNumber(body.max_completion_tokens) ?? asNumber(body.max_tokens) ?? Number.POSITIVE_INFINITY,
    serviceTier: asText(body.service_tier) ?? 'default',
    cacheKey: asText(body.prompt_cache_key) ?? '',
    cachesImplicitly: asObject(body.prompt_cache_options).mode !== 'explicit',
  }
}

function readMessage(message: unknown): Message {
  const { role, content } = asObject(message)
  const parts = typeof content === 'string' ? [{ text: content }] : asList(content).map(asObject)
  const breakpoints: number[] = []
  let text = ''
  for (const part of parts) {
    text += asText(part.text) ?? ''
    if (isObject(part.prompt_cache_breakpoint)) breakpoints.push(text.length)
  }
  return { role: asText(role) ?? '', text, breakpoints }
}

function readFormat(format: unknown): ResponseFormat {
  const { type, json_schema: wrapper } = asObject(format)
  if (type === 'json_object') return { type }
  if (type !== 'json_schema') return { type: 'text' }
  return { type, schema: asObject(asObject(wrapper).schema) }
}
