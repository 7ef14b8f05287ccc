import type { HttpReply } from '../http.ts'
import { type ChatRequest, type ResponseFormat, toldSchema } from './chat-request.ts'
import { invalid, refusalReply } from './refusal.ts'

/** How servers that are not OpenAI's treat a format. */
export type Manners = {
  /** Formats answered with a 400, in the words of those who do so. */
  refuses?: readonly ResponseFormat['type'][]
  /** Answers 200, as if no format had been given: Ollama (reference/llm.md 1.4). */
  dropsFormat?: boolean
  /** Has no flex tier: answers 400, as Azure does for some models (reference/llm.md 1.4). */
  lacksFlex?: boolean
}

/** DeepSeek's words (litellm#42245), and LM Studio's, whose error is a bare string (lmstudio-bug-tracker#189). From their reports. */
const refusals: Record<ResponseFormat['type'], HttpReply | undefined> = {
  json_schema: refusalReply(invalid('This response_format type is unavailable now', null, 'invalid_request_error')),
  json_object: { status: 400, body: { error: "'response_format.type' must be 'json_schema' or 'text'" } },
  text: undefined,
}

/** In the words of openai/codex#15099. */
const noFlex = refusalReply(invalid('Unsupported service_tier: flex', 'service_tier', 'unsupported_value'))

export function refusedByManners(
  { refuses = [], lacksFlex = false }: Manners,
  { format: { type }, serviceTier }: Pick<ChatRequest, 'format' | 'serviceTier'>,
): HttpReply | undefined {
  if (lacksFlex && serviceTier === 'flex') return noFlex
  return refuses.includes(type) ? refusals[type] : undefined
}

/** The request as such a server reads it. */
export function withManners({ dropsFormat = false }: Manners, chat: ChatRequest): ChatRequest {
  return dropsFormat ? { ...chat, format: { type: 'text', schema: toldSchema(chat.messages) } } : chat
}
