import { asList, asNumber, asObject, asText, isObject, type JsonObject } from '../json.ts'

export type Message = {
  role: string
  text: string
  /** Where in the text explicit cache breakpoints stand. */
  breakpoints: number[]
}

/** The form of an answer, and the schema it is to follow: given beside the messages, or told in the instructions. */
export type ResponseFormat = { type: 'text' | 'json_object' | 'json_schema'; schema: JsonObject | undefined }

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
  const { type, json_schema: wrapper } = asObject(body.response_format)
  return {
    messages,
    userMessage: userTextOf(messages),
    format: readFormat(type, asObject(wrapper).schema, messages),
    maxTokens: asNumber(body.max_completion_tokens) ?? asNumber(body.max_tokens) ?? Number.POSITIVE_INFINITY,
    serviceTier: asText(body.service_tier) ?? 'default',
    cacheKey: asText(body.prompt_cache_key) ?? '',
    cachesImplicitly: asObject(body.prompt_cache_options).mode !== 'explicit',
  }
}

/** All user messages, one below the other. */
export function userTextOf(messages: Message[]): string {
  return messages.flatMap(({ role, text }) => (role === 'user' ? [text] : [])).join('\n')
}

export function readMessage(message: unknown): Message {
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

/** A format as it was asked for; where it carries no schema, the one that the instructions tell, if any. */
export function readFormat(type: unknown, schema: unknown, messages: Message[]): ResponseFormat {
  if (type === 'json_schema') return { type, schema: asObject(schema) }
  return { type: type === 'json_object' ? type : 'text', schema: toldSchema(messages) }
}

/** The JSON Schema of an object that stands on a line of its own in the instructions. */
export function toldSchema(messages: Message[]): JsonObject | undefined {
  const lines = messages.flatMap(({ role, text }) => (role === 'user' ? [] : text.split('\n')))
  return lines
    .filter((line) => line.startsWith('{'))
    .map(readLine)
    .findLast(isObjectSchema)
}

function readLine(line: string): JsonObject {
  try {
    return asObject(JSON.parse(line))
  } catch {
    return {}
  }
}

function isObjectSchema({ type, properties }: JsonObject): boolean {
  return type === 'object' && isObject(properties)
}
